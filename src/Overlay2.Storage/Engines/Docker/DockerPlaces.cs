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
        BytePath configured = setting is not null && new BytePath(setting.Value) is { IsAbsolute: true } root ? root : DockerNames.DefaultRoot;
        bool isUsual = setting is null || setting.Source.Kind == ConfigurationSourceKind.Default;
        yield return Place(configured, isUsual ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured) with { IsExpected = search.HasEngine };

        foreach (RunningEngine engine in search.RunningProgram(Program))
        {
            foreach (BytePath path in (IEnumerable<BytePath>)[.. engine.Paths("--data-root"), .. engine.Paths("-g"), .. engine.Paths("--graph")])
                yield return Place(path, StorePlaceOrigin.Running);
        }

        foreach (BytePath mounted in OverlayDriverNames.RootsOf(search.Overlays, DockerNames.DriverHome))
            yield return Place(mounted, StorePlaceOrigin.Mounted);
    }

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin) => new(new StoreLocation(LayerStoreKind.DockerClassic, root), origin);
}
