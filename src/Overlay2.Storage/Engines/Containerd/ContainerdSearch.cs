using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Where stores of containerd are: of those that run, of the one that the host is configured for, and where snapshots are mounted.</summary>
internal static class ContainerdSearch
{
    /// <summary>The program of the engine.</summary>
    public const string Program = "containerd";

    private const int MostSnapshotters = 1024;

    public static IEnumerable<FoundPlace> Find(EngineSearch search) => Configured(search).Concat(Mounted(search.Overlays));

    /// <summary>The programs whose command lines tell of places.</summary>
    public static ImmutableArray<string> Programs { get; } = [Program, BuildKitPlaces.Program];

    /// <summary>With the directories that a containerd of the same root directory has by its configuration.</summary>
    public static StoreLocation Complete(StoreLocation named, EngineSearch search) => named.StateDirectory.IsEmpty
        ? Configured(search).Select(place => search.Resolve(place.Location)).FirstOrDefault(configured => configured.Root == named.Root) ?? named
        : named;

    /// <summary>The snapshotters at the default place that hold something.</summary>
    public static IReadOnlyList<BytePath> FindSnapshotters(RootedDirectory host)
    {
        if (!LiveFileTree.TryOpen(host, ContainerdNames.DefaultRoot, out LiveFileTree? tree, out _))
            return [];
        using (tree)
        {
            List<BytePath> homes = [];
            tree.TryList(default, MostSnapshotters, out IReadOnlyList<FileTreeEntry> entries, out _);
            foreach (FileTreeEntry entry in entries.Where(IsSnapshotter))
            {
                var name = new BytePath(entry.Name);
                tree.TryList(name.Combine(ContainerdNames.Snapshots), maxEntries: 1, out IReadOnlyList<FileTreeEntry> snapshots, out _);
                if (snapshots.Count > 0)
                    homes.Add(ContainerdNames.DefaultRoot.Combine(name));
            }

            return homes;
        }
    }

    private static IEnumerable<FoundPlace> Configured(EngineSearch search)
    {
        foreach (RunningEngine engine in search.RunningProgram(Program))
        {
            BytePath file = engine.Paths("--config").Concat(engine.Paths("-c")).LastOrDefault(ContainerdConfiguration.DefaultFile);
            StoreLocation running = ContainerdConfiguration.Read(search.Host, file, engine.Paths("--root").LastOrDefault(), engine.Paths("--state").LastOrDefault());
            yield return new FoundPlace(running, StorePlaceOrigin.Running);
        }

        StoreLocation ofHost = ContainerdConfiguration.Read(search.Host, ContainerdConfiguration.DefaultFile);
        yield return new FoundPlace(ofHost, ofHost.Root == ContainerdNames.DefaultRoot ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured);
        foreach (FoundPlace place in OfDocker(search).Concat(KubernetesPlaces.Find(search)).Concat(BuildKitPlaces.Find(search)).Concat(search.UsersWithData.Select(user => OfUser(search, user)).OfType<FoundPlace>()))
            yield return place;
    }

    /// <summary>An engine that finds no containerd starts one of its own, in its root directory.</summary>
    private static IEnumerable<FoundPlace> OfDocker(EngineSearch search)
    {
        foreach (FoundPlace engine in search.Found.Where(place => place.Location.Kind == LayerStoreKind.DockerClassic))
        {
            // What keeps a data root from being looked at is told of the engine.
            bool isOpen = search.Host.TryOpenDirectory(engine.Location.Root.Span, LinkRule.FollowInside, out RootedDirectory? root, out Errno error);
            root?.Dispose();
            if (!isOpen && error != Errno.ENOENT && error != Errno.ENOTDIR)
                continue;
            var location = new StoreLocation(LayerStoreKind.ContainerdSnapshots, engine.Location.Root.Combine(ContainerdNames.InEngine));
            if (engine.Outsider is null || search.Has(location.Root))
                yield return new FoundPlace(location with { StateDirectory = ContainerdNames.StateInEngine }, engine.Origin) { Outsider = engine.Outsider, OutsidersHome = engine.OutsidersHome };
        }
    }

    /// <summary>The store of a containerd that a user runs without privileges, told of only where it is there.</summary>
    private static FoundPlace? OfUser(EngineSearch search, HostUser user)
    {
        List<TomlProblem> problems = [];
        TomlSettings? settings = TomlSettings.TryReadOfUser(search.Host, user.Home, ContainerdNames.ConfigurationOfUser, user.Number, problems);
        BytePath root = settings?.Text("root") is { } text && BytePath.FromText(text) is { IsAbsolute: true } named ? named : user.Home.Combine(ContainerdNames.StoreOfUser);
        return search.Has(root)
            ? new FoundPlace(
                new StoreLocation(LayerStoreKind.ContainerdSnapshots, root) { StateDirectory = BytePath.FromText($"/run/user/{user.UserId}/containerd"), Problems = [.. problems.Select(StoreProblem.Of)] },
                settings is null ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured).By(user)
            : null;
    }

    /// <summary>containerd mounts elsewhere; the upper layer is in its root directory: <c>ROOT/SNAPSHOTTER/snapshots/N/fs</c>.</summary>
    private static IEnumerable<FoundPlace> Mounted(ImmutableArray<MountedOverlay> overlays)
    {
        HashSet<BytePath> seen = [];
        foreach (MountedOverlay overlay in overlays)
        {
            if (overlay.Upper.IsAbsolute && overlay.Upper.FileName == ContainerdNames.Files.Bytes
                && overlay.Upper.TryGetParent(out BytePath layer) && layer.TryGetParent(out BytePath snapshots) && snapshots.FileName == ContainerdNames.Snapshots.Bytes
                && snapshots.TryGetParent(out BytePath home) && home.FileName == ContainerdNames.DriverHome.Bytes && home.TryGetParent(out BytePath root) && seen.Add(root))
            {
                yield return new FoundPlace(new StoreLocation(LayerStoreKind.ContainerdSnapshots, root), StorePlaceOrigin.Mounted);
            }
        }
    }

    private static bool IsSnapshotter(FileTreeEntry entry) =>
        entry.Name.Span.StartsWith("io.containerd.snapshotter.v1."u8) && !entry.Name.Span.EndsWith(StoreQuarantine.Suffix);
}
