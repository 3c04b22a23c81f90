using System.Text.Json;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Reads the kernel and the mount options of a scenario.</summary>
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

    /// <summary>The mount options of a scenario; its layers are not among them.</summary>
    public static OverlayMountOptions Options(JsonElement config)
    {
        OverlayMountOptions options = OverlayMountOptions.Empty;
        foreach (JsonProperty option in config.GetProperty("options").EnumerateObject())
            options = options.WithAppended(OverlayOption.FromText(option.Name, option.Value.ValueKind == JsonValueKind.String ? ScenarioJson.GetText(option.Value) : null));
        return options;
    }
}
