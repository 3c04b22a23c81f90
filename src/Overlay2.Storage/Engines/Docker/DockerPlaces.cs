using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Where the Docker Engine's stores are: where its configuration and running engines say, and where layers are mounted.</summary>
internal static class DockerPlaces
{
    /// <summary>The program of the engine.</summary>
    public const string Program = "dockerd";

    public static IEnumerable<FoundPlace> Find(EngineSearch search)
    {
        EngineSetting? setting = search.Configuration is { } files ? EngineConfiguration.Resolve(files).DataRoot : null;
        BytePath configured = setting is not null && new BytePath(setting.Value) is { IsAbsolute: true } named ? named : DockerNames.DefaultRoot;
        bool isUsual = setting is null || setting.Source.Kind == ConfigurationSourceKind.Default;
        return
        [
            Place(configured, isUsual ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured) with { IsExpected = search.HasEngine },
            .. search.RunningProgram(Program).SelectMany(RootsOf).Select(root => Place(root, StorePlaceOrigin.Running)),
            .. OverlayDriverNames.RootsOf(search.Overlays, DockerNames.DriverHome).Select(root => Place(root, StorePlaceOrigin.Mounted)),
        ];
    }

    private static IEnumerable<BytePath> RootsOf(RunningEngine engine) => [.. engine.Paths("--data-root"), .. engine.Paths("-g"), .. engine.Paths("--graph")];

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin) => new(new StoreLocation(LayerStoreKind.DockerClassic, root), origin);
}
