using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Finds the places of stores: where the caller, the configuration, running engines and mounts say, and the default places.</summary>
internal sealed partial class StoreFinder(SnapshotOptions options, RootedDirectory root, EngineView view, SnapshotPart<MountTable> mounts)
{
    private static readonly BytePath s_docker = BytePath.FromText("/var/lib/docker");
    private static readonly ByteString s_merged = ByteString.FromText("merged");

    private readonly List<(StoreLocation Location, bool IsExpected)> _places = [];
    private ImmutableArray<StoreLocation> _containerd = [];

    /// <summary>The places, each once and without symbolic links; where a store is expected its absence is a problem.</summary>
    public IReadOnlyList<(StoreLocation Location, bool IsExpected)> Find(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        var running = RunningEngine.FindAll(view);
        _containerd = ReadContainerd(running);
        foreach (StoreLocation named in options.Stores)
            Add(named, isExpected: true);
        if (!options.DataRoot.IsEmpty)
            Add(LayerStoreKind.DockerClassic, options.DataRoot, isExpected: true);
        if (_places.Count > 0)
            return _places;

        FindDocker(configuration, hasEngine, running);
        FindContainersStorage(running);
        FindContainerd();
        FindMounted();
        return _places;
    }

    private void FindDocker(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine, ImmutableArray<RunningEngine> running)
    {
        BytePath configured = configuration.TryGet(out EngineConfigurationFiles? files) ? new BytePath(EngineConfiguration.Resolve(files).DataRoot.Value) : s_docker;
        Add(LayerStoreKind.DockerClassic, configured.IsAbsolute ? configured : s_docker, isExpected: hasEngine);
        foreach (RunningEngine engine in running.Where(engine => engine.Name.Span.SequenceEqual("dockerd"u8)))
            AddAll(LayerStoreKind.DockerClassic, [.. engine.Values("--data-root"), .. engine.Values("-g"), .. engine.Values("--graph")]);
    }

    /// <summary>The places of the containerd that the host is configured for, and of those that run.</summary>
    private ImmutableArray<StoreLocation> ReadContainerd(ImmutableArray<RunningEngine> running)
    {
        var locations = ImmutableArray.CreateBuilder<StoreLocation>();
        foreach (RunningEngine engine in running.Where(engine => engine.Name.Span.SequenceEqual("containerd"u8)))
        {
            BytePath file = PathOf([.. engine.Values("--config"), .. engine.Values("-c")]);
            locations.Add(Resolve(ContainerdConfiguration.Read(
                root, file.IsEmpty ? ContainerdConfiguration.DefaultFile : file, PathOf(engine.Values("--root")), PathOf(engine.Values("--state")))));
        }

        locations.Add(Resolve(ContainerdConfiguration.Read(root, ContainerdConfiguration.DefaultFile)));
        return locations.ToImmutable();

        static BytePath PathOf(IEnumerable<ByteString> values) => values.Select(value => new BytePath(value)).LastOrDefault(path => path.IsAbsolute);
    }

    private void FindContainerd()
    {
        foreach (StoreLocation location in _containerd)
            Add(location, isExpected: false);
        if (!mounts.TryGet(out MountTable? table))
            return;

        // containerd mounts elsewhere; the upper layer is in its root directory: ROOT/SNAPSHOTTER/snapshots/N/fs.
        HashSet<BytePath> seen = [];
        foreach (MountEntry mount in table.Entries)
        {
            if (mount.IsOverlay && UpperDirectoryOption.Find(mount.SuperOptions.Span) is { IsAbsolute: true } upper && upper.FileName == ContainerdNames.Files.Bytes
                && upper.TryGetParent(out BytePath layer) && layer.TryGetParent(out BytePath snapshots) && snapshots.FileName == ContainerdNames.Snapshots.Bytes
                && snapshots.TryGetParent(out BytePath home) && home.FileName == ContainerdNames.DriverHome.Bytes && home.TryGetParent(out BytePath root) && seen.Add(root))
            {
                Add(LayerStoreKind.ContainerdSnapshots, root, isExpected: false);
            }
        }
    }

    /// <summary>Stores whose layers are mounted as the overlay2 driver does: on <c>ROOT/HOME/LAYER/merged</c>.</summary>
    private void FindMounted()
    {
        if (!mounts.TryGet(out MountTable? table))
            return;
        HashSet<BytePath> seen = [];
        foreach (MountEntry mount in table.Entries)
        {
            if (mount.IsOverlay && mount.MountPoint.FileName == s_merged && mount.MountPoint.TryGetParent(out BytePath layer) && OverlayDriverNames.IsLayerId(layer.FileName.Span)
                && layer.TryGetParent(out BytePath home) && home.TryGetParent(out BytePath dataRoot) && seen.Add(home))
            {
                if (home.FileName == DockerNames.DriverHome.Bytes)
                    Add(LayerStoreKind.DockerClassic, dataRoot, isExpected: false);
                else if (home.FileName == ContainersNames.DriverHome.Bytes)
                    Add(LayerStoreKind.ContainersStorage, dataRoot, isExpected: true);
            }
        }
    }

    private void AddAll(LayerStoreKind kind, IEnumerable<ByteString> paths)
    {
        foreach (ByteString path in paths)
        {
            if (new BytePath(path) is { IsAbsolute: true } place)
                Add(kind, place, isExpected: false);
        }
    }

    private void Add(LayerStoreKind kind, BytePath path, bool isExpected) => Add(new StoreLocation(kind, path), isExpected);

    /// <summary>The place without symbolic links, as the mount table has it.</summary>
    private StoreLocation Resolve(StoreLocation named) => named with
    {
        Root = HostPath.Resolve(root, named.Root),
        ImageStores = [.. named.ImageStores.Select(store => HostPath.Resolve(root, store))],
        ContainerdHome = named.ContainerdHome.IsEmpty ? default : HostPath.Resolve(root, named.ContainerdHome),
        ContainerdState = named.ContainerdState.IsEmpty ? default : HostPath.Resolve(root, named.ContainerdState),
    };

    private void Add(StoreLocation named, bool isExpected)
    {
        StoreLocation location = Resolve(named);
        if (location is { Kind: LayerStoreKind.ContainerdSnapshots, ContainerdState.IsEmpty: true } && _containerd.FirstOrDefault(configured => configured.Root == location.Root) is { } whole)
            location = whole;
        int index = _places.FindIndex(place => place.Location.Kind == location.Kind && place.Location.Root == location.Root);
        if (index < 0)
            _places.Add((location, isExpected));
        else
            _places[index] = (_places[index].Location, _places[index].IsExpected || isExpected);
    }
}
