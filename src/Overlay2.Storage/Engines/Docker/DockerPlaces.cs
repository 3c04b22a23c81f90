using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Where the Docker Engine's stores are: where its configuration and running engines say, where packages put it, and where layers are mounted.</summary>
/// <remarks>
/// An engine with <c>userns-remap</c> keeps everything in a directory <c>UID.GID</c> of its data root; what it kept before it had that setting stays beside it,
/// and is a store of its own. Sources: dockerd(8); the Docker snap's and Home Assistant's documentation.
/// </remarks>
internal static class DockerPlaces
{
    /// <summary>The program of the engine.</summary>
    public const string Program = "dockerd";

    private const int MaxLength = 1 << 20;
    private const int MaxNumberLength = 10;

    private static readonly BytePath s_configurationOfUser = BytePath.FromText(".config/docker/daemon.json");
    private static readonly BytePath s_storeOfUser = BytePath.FromText(".local/share/docker");
    private static readonly BytePath s_configurationOfSnap = BytePath.FromText("/var/snap/docker/current/config/daemon.json");
    private static readonly BytePath s_storeOfSnap = BytePath.FromText("/var/snap/docker/common/var-lib-docker");
    private static readonly BytePath s_storeOfHomeAssistant = BytePath.FromText("/mnt/data/docker");
    private static readonly ImmutableArray<BytePath> s_signs = [BytePath.FromText("image"), DockerNames.DriverHome];

    public static IEnumerable<FoundPlace> Find(EngineSearch search) =>
    [
        .. Roots(search).SelectMany(place => WithRemapped(search, place)),
        .. OverlayDriverNames.RootsOf(search.Overlays, DockerNames.DriverHome).Select(root => Place(root, StorePlaceOrigin.Mounted)),
    ];

    /// <summary>The data roots of engines, as somebody names them or packages have them.</summary>
    private static IEnumerable<FoundPlace> Roots(EngineSearch search)
    {
        EngineSetting? setting = search.Resolved?.DataRoot;
        BytePath configured = setting is not null && new BytePath(setting.Value) is { IsAbsolute: true } named ? named : DockerNames.DefaultRoot;
        bool isUsual = setting is null || setting.Source.Kind == ConfigurationSourceKind.Default;
        return
        [
            Place(configured, isUsual ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured) with { IsExpected = search.HasEngine && search.Resolved?.RemappedUser is null },
            .. search.RunningProgram(Program).SelectMany(engine => RootsOf(search.Host, engine)).Select(root => Place(root, StorePlaceOrigin.Running)),

            // Where only the snap is configured, an engine of the host's may have left its store all the same.
            .. search.Resolved?.ConfigurationFile == s_configurationOfSnap ? [Place(DockerNames.DefaultRoot, StorePlaceOrigin.Usual)] : Array.Empty<FoundPlace>(),
            OfSnap(search.Host),
            Place(s_storeOfHomeAssistant, StorePlaceOrigin.Usual),
            .. search.Users.Select(user => OfUser(search.Host, user)).OfType<FoundPlace>(),
        ];
    }

    /// <summary>A data root, and the stores of engines with remapped users in it: where the configuration says, and where there is one.</summary>
    private static IEnumerable<FoundPlace> WithRemapped(EngineSearch search, FoundPlace place)
    {
        yield return place;
        if (search.Resolved is { RemappedUser: not null, EngineRoot: { } inForce } && inForce.TryGetParent(out BytePath above) && above.IsSamePlace(place.Location.Root))
            yield return Place(inForce, StorePlaceOrigin.Configured) with { IsExpected = search.HasEngine };

        // An engine without privileges cannot remap: a user's own data root has none.
        if (place.Outsider is not null)
            yield break;
        foreach (BytePath name in HostDirectory.List(search.Host, place.Location.Root).Where(IsRemapped).Order())
        {
            BytePath root = place.Location.Root.Combine(name);
            if (s_signs.Any(sign => search.Has(root.Combine(sign))))
                yield return Place(root, StorePlaceOrigin.Usual);
        }
    }

    /// <summary>Whether a name has the form <c>UID.GID</c>.</summary>
    private static bool IsRemapped(BytePath name)
    {
        int point = name.Span.IndexOf((byte)'.');
        return point > 0 && IsNumber(name.Span[..point]) && IsNumber(name.Span[(point + 1)..]);

        static bool IsNumber(ReadOnlySpan<byte> text) => text.Length is > 0 and <= MaxNumberLength && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static FoundPlace OfSnap(RootedDirectory host) => RootIn(host, s_configurationOfSnap) is { } named && !named.IsSamePlace(s_storeOfSnap)
        ? Place(named, StorePlaceOrigin.Configured)
        : Place(s_storeOfSnap, StorePlaceOrigin.Usual);

    /// <summary>The store of an engine that a user runs without privileges: few have one, so it is told of only where it is configured or there.</summary>
    private static FoundPlace? OfUser(RootedDirectory host, HostUser user)
    {
        if (UserFile.TryRead(host, user.Home.Span, s_configurationOfUser.Span, user.Number, MaxLength, out byte[] content, out _)
            && RootIn(user.Home.Combine(s_configurationOfUser), content) is { } named)
        {
            return Place(named, StorePlaceOrigin.Configured).By(user);
        }

        BytePath usual = user.Home.Combine(s_storeOfUser);
        return host.TryGetStatus(usual.Span, LinkRule.FollowInside, out _, out _) ? Place(usual, StorePlaceOrigin.Usual).By(user) : null;
    }

    private static IEnumerable<BytePath> RootsOf(RootedDirectory host, RunningEngine engine) =>
    [
        .. engine.Paths("--data-root"), .. engine.Paths("-g"), .. engine.Paths("--graph"),
        .. engine.Paths("--config-file").Select(file => RootIn(host, file)).OfType<BytePath>(),
    ];

    private static BytePath? RootIn(RootedDirectory host, BytePath file) =>
        BoundedFile.TryRead(host, file.Span, MaxLength, out byte[] content, out _) ? RootIn(file, content) : null;

    private static BytePath? RootIn(BytePath file, byte[] content)
    {
        Dictionary<string, EngineSetting> directives = DaemonJson.Read(file, content).Directives;
        return (directives.GetValueOrDefault("data-root") ?? directives.GetValueOrDefault("graph")) is { } setting && new BytePath(setting.Value) is { IsAbsolute: true } named ? named : null;
    }

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin) => new(new StoreLocation(LayerStoreKind.DockerClassic, root), origin);
}
