using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>Finds the driver homes that stores, the configuration and the mount table tell of.</summary>
internal static class HomeFinder
{
    public static ImmutableArray<DriverHome> FindAll(HostView host)
    {
        List<(StorageEngine Engine, BytePath Home, BytePath DataRoot, ILayerStore? Store)> places = [];
        if (host.Snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores))
            places.AddRange(stores.Select(store => (store.Engine, store.DriverHome, store.DataRoot, (ILayerStore?)store)));
        int read = places.Count;
        if (host.Configuration.TryGet(out EngineConfiguration? configuration))
            Add(configuration.EngineRoot ?? new BytePath(configuration.DataRoot.Value));
        if (host.Snapshot.Engine.TryGet(out EngineInfo? answer))
            Add(answer.DataRoot);

        host.Mounts.TryGet(out HostMounts? mounts);
        if (mounts is not null)
        {
            HashSet<BytePath> placed = [.. places.Select(place => HomeIndex.Plain(place.Home))];
            foreach ((BytePath home, StorageEngine engine) in FindMounted(mounts))
            {
                if (placed.Add(HomeIndex.Plain(home)))
                    AddMounted(home, engine, mounts);
            }
        }

        ImmutableArray<ConfiguredMount> configured = host.Snapshot.ConfiguredMounts.TryGet(out ImmutableArray<ConfiguredMount> known) ? known : [];
        ILookup<StorageEngine, SnapshotOpenFile> open = OpenFilesByEngine(host.Snapshot);
        foreach ((StorageEngine engine, BytePath root) in FindOpened(host.Snapshot, open))
        {
            if (!places.Exists(place => place.Engine == engine && place.DataRoot.IsSamePlace(root)))
                places.Add((engine, root.Combine(engine.DriverHomeName), root, null));
        }
        return [.. places.Select(place => new DriverHome(place.Engine, place.Home, place.DataRoot, place.Store, mounts, configured, [.. open[place.Engine]]))];

        void Add(BytePath dataRoot)
        {
            StorageEngine engine = KnownEngines.Configured;
            if (dataRoot.IsAbsolute && !places.Exists(place => place.Engine == engine && place.DataRoot.IsSamePlace(dataRoot)))
                places.Add((engine, dataRoot.Combine(engine.DriverHomeName), dataRoot, null));
        }

        void AddMounted(BytePath home, StorageEngine engine, HostMounts table)
        {
            if (!home.TryGetParent(out BytePath dataRoot))
                return;

            // Where the engine's root directory is a symbolic link, the mounts name the place it leads to, and none is below the link.
            int linked = places.FindIndex(0, read, place => place.Engine == engine && place.Store is { } store && !table.Below(place.Home).Any(mount => mount.IsOverlay) && table.Below(home).Any(mount =>
                mount.IsOverlay && mount.MountPoint.TryGetParent(out BytePath layer) && store.TryGetLayer(layer.FileName, out _)));
            if (linked < 0)
                places.Add((engine, home, dataRoot, null));
            else
                places[linked] = (engine, home, dataRoot, places[linked].Store);
        }
    }

    /// <summary>The places where no store was found, and an engine of the kind has files open all the same.</summary>
    private static IEnumerable<(StorageEngine Engine, BytePath Root)> FindOpened(StorageSnapshot snapshot, ILookup<StorageEngine, SnapshotOpenFile> open) =>
        open.Count > 0 && snapshot.StorePlaces.TryGet(out ImmutableArray<SearchedStorePlace> searched)
            ? searched.Where(place => open[KnownEngines.Get(place.Kind)].Any(file => file.Path.StartsWith(place.Path))).Select(place => (KnownEngines.Get(place.Kind), place.Path))
            : [];

    private static ILookup<StorageEngine, SnapshotOpenFile> OpenFilesByEngine(StorageSnapshot snapshot)
    {
        ImmutableArray<SnapshotProcess> processes = snapshot.Processes.TryGet(out ImmutableArray<SnapshotProcess> known) ? known : [];
        return processes.Where(process => process.OpenFiles.Count > 0)
            .SelectMany(process => KnownEngines.All.Where(engine => engine.RunsAs(process.Name)).SelectMany(engine => process.OpenFiles.Select(file => (Engine: engine, File: file))))
            .ToLookup(pair => pair.Engine, pair => pair.File);
    }

    /// <summary>The directories in which overlays are mounted as engines do.</summary>
    private static Dictionary<BytePath, StorageEngine> FindMounted(HostMounts mounts)
    {
        Dictionary<BytePath, StorageEngine> homes = [];
        foreach (HostOverlay overlay in mounts.Overlays)
        {
            foreach (StorageEngine engine in KnownEngines.All)
            {
                if (engine.TryGetHome(overlay.Mount.MountPoint, overlay.Upper, out BytePath home))
                    homes.TryAdd(home, engine);
            }
        }

        return homes;
    }
}
