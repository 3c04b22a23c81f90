using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Where the Docker Engine's stores are: where its configuration and running engines say, and where layers are mounted.</summary>
internal static class DockerPlaces
{
    /// <summary>The program of the engine.</summary>
    public const string Program = "dockerd";

    private const int MaxLength = 1 << 20;

    private static readonly BytePath s_configurationOfUser = BytePath.FromText(".config/docker/daemon.json");
    private static readonly BytePath s_storeOfUser = BytePath.FromText(".local/share/docker");

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
            .. search.Users.Select(user => OfUser(search.Host, user)).OfType<FoundPlace>(),
        ];
    }

    /// <summary>The store of an engine that a user runs without privileges: few have one, so it is told of only where it is configured or there.</summary>
    private static FoundPlace? OfUser(RootedDirectory host, HostUser user)
    {
        UserFile.TryRead(host, user.Home.Span, s_configurationOfUser.Span, user.Number, MaxLength, out byte[] content, out _);
        if (DaemonJson.Read(user.Home.Combine(s_configurationOfUser), content).Directives.GetValueOrDefault("data-root") is { } setting && new BytePath(setting.Value) is { IsAbsolute: true } named)
            return Place(named, StorePlaceOrigin.Configured) with { Outsider = user.Outsider };
        BytePath usual = user.Home.Combine(s_storeOfUser);
        return host.TryGetStatus(usual.Span, LinkRule.FollowInside, out _, out _) ? Place(usual, StorePlaceOrigin.Usual) with { Outsider = user.Outsider } : null;
    }

    private static IEnumerable<BytePath> RootsOf(RunningEngine engine) => [.. engine.Paths("--data-root"), .. engine.Paths("-g"), .. engine.Paths("--graph")];

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin) => new(new StoreLocation(LayerStoreKind.DockerClassic, root), origin);
}
