using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Turns the mount options of a scenario into what the kernel makes of them.</summary>
internal static class ScenarioMount
{
    /// <summary>The kernel of a scenario: the one given or the one it was recorded on, with the scenario's module parameters.</summary>
    public static KernelProfile Profile(JsonElement scenario, KernelProfile? given)
    {
        KernelProfile profile = given ?? KernelProfile.Defaults(KernelVersion.Parse(ScenarioJson.GetText(scenario.GetProperty("kernel"))));
        if (!scenario.GetProperty("config").TryGetProperty("module", out JsonElement module))
            return profile;
        foreach (JsonProperty parameter in module.EnumerateObject())
            profile = profile.WithParameter(parameter.Name, ScenarioJson.GetText(parameter.Value));
        return profile;
    }

    /// <summary>Whether the options ask for <c>xino=on</c>.</summary>
    public static bool AsksForXino(JsonElement config) =>
        config.GetProperty("options").TryGetProperty("xino", out JsonElement xino) && xino.ValueEquals("on");

    /// <summary>Resolves the options against the layers as they are now.</summary>
    public static EffectiveOptions Resolve(JsonElement config, ScenarioWorld world, KernelProfile profile)
    {
        var layout = new LayerLayout();
        void Add(string name) => layout = layout.With(PathOf(name), new LayerDirectory { FileSystem = world.Describe(name), Marks = world.MarksOf(name) });
        foreach (string name in world.Lowers.Concat(world.Data))
            Add(name);
        if (world.Upper is { } upper)
        {
            Add(upper);
            Add(world.Work!);
        }

        OverlayMountOptions options = OverlayMountOptions.Create(
            world.Lowers.Select(PathOf),
            world.Upper is null ? null : PathOf(world.Upper),
            world.Work is null ? null : PathOf(world.Work),
            world.Data.Select(PathOf));
        foreach (JsonProperty option in config.GetProperty("options").EnumerateObject())
            options = options.WithAppended(OverlayOption.FromText(option.Name, option.Value.ValueKind == JsonValueKind.String ? ScenarioJson.GetText(option.Value) : null));
        return EffectiveOptions.Resolve(options, profile, layout);
    }

    private static BytePath PathOf(string name) => BytePath.FromText("/" + name);
}
