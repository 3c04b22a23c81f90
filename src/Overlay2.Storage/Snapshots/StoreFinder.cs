using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Interop;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Finds the places of stores: where the caller says, or else where the engines look.</summary>
internal sealed class StoreFinder(SnapshotOptions options, RootedDirectory root, EngineView view, SnapshotPart<MountTable> mounts)
{
    private readonly List<FoundPlace> _places = [];
    private readonly Dictionary<(LayerStoreKind Kind, BytePath Root), int> _indexes = [];
    private readonly Dictionary<(LayerStoreKind Kind, uint Major, uint Minor, ulong Inode), int> _directories = [];

    /// <summary>The places, each once and without symbolic links; where a store is expected its absence is a problem.</summary>
    public IReadOnlyList<FoundPlace> Find(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        var search = new EngineSearch(root)
        {
            Running = RunningEngines.FindAll(view, KnownEngines.Programs),
            Configuration = configuration.TryGet(out EngineConfigurationFiles? files) ? files : null,
            HasEngine = hasEngine,
            Overlays = mounts.TryGet(out MountTable? table) ? [.. table.Entries.Where(mount => mount.IsOverlay).Select(Describe)] : [],
        };
        foreach (StorageEngine engine in KnownEngines.All)
            search.Found.AddRange([.. engine.FindPlaces(search)]);
        ImmutableArray<StoreLocation> named = options.DataRoot.IsEmpty ? options.Stores : options.Stores.Add(new StoreLocation(KnownEngines.Configured.Kind, options.DataRoot));
        foreach (StoreLocation location in named)
            Add(new FoundPlace(KnownEngines.Get(location.Kind).Complete(search.Resolve(location), search), StorePlaceOrigin.Named, IsExpected: true));
        if (named.Length > 0)
            return _places;

        // A place that is known otherwise has directories that its mounts do not tell.
        foreach (FoundPlace place in search.Found.OrderBy(place => place.Origin == StorePlaceOrigin.Mounted))
            Add(search.Resolve(place));
        return _places;
    }

    private static MountedOverlay Describe(MountEntry mount) => new(mount.MountPoint, UpperDirectoryOption.Find(mount.SuperOptions.Span));

    private void Add(FoundPlace found)
    {
        (LayerStoreKind Kind, BytePath Root) place = (found.Location.Kind, found.Location.Root);
        (LayerStoreKind Kind, uint Major, uint Minor, ulong Inode)? directory = root.TryGetStatus(found.Location.Root.Span, LinkRule.FollowInside, out FileStatus status, out _)
            ? (found.Location.Kind, status.DeviceMajor, status.DeviceMinor, status.Inode) : null;

        // Where a directory is mounted at two places, as Home Assistant does with its store, the one that is told of first is the engine's.
        if (!_indexes.TryGetValue(place, out int index) && !(directory is { } known && _directories.TryGetValue(known, out index)))
        {
            _indexes.Add(place, _places.Count);
            if (directory is { } here)
                _directories.Add(here, _places.Count);
            _places.Add(found);
            return;
        }

        _places[index] = _places[index] with
        {
            IsExpected = _places[index].IsExpected || found.IsExpected,
            Outsider = found.Outsider is null ? null : _places[index].Outsider,
        };
    }
}
