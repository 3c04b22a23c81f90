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
    /// <summary>The names of the programs of engines.</summary>
    public static ImmutableHashSet<ByteString> Programs { get; } = [.. KnownEngines.All.SelectMany(engine => engine.Programs).Select(ByteString.FromText)];

    private readonly List<FoundPlace> _places = [];

    /// <summary>The places, each once and without symbolic links; where a store is expected its absence is a problem.</summary>
    public IReadOnlyList<FoundPlace> Find(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        var search = new EngineSearch(root)
        {
            Running = RunningEngines.FindAll(view, Programs),
            Configuration = configuration.TryGet(out EngineConfigurationFiles? files) ? files : null,
            HasEngine = hasEngine,
            Overlays = mounts.TryGet(out MountTable? table) ? [.. table.Entries.Where(mount => mount.IsOverlay).Select(Describe)] : [],
        };
        ImmutableArray<StoreLocation> named = options.DataRoot.IsEmpty ? options.Stores : options.Stores.Add(new StoreLocation(KnownEngines.Configured.Kind, options.DataRoot));
        foreach (StoreLocation location in named)
            Add(new FoundPlace(KnownEngines.Get(location.Kind).Complete(search.Resolve(location), search), StorePlaceOrigin.Named, IsExpected: true));
        if (named.Length > 0)
            return _places;

        // A place that is known otherwise has directories that its mounts do not tell.
        foreach (FoundPlace place in KnownEngines.All.SelectMany(engine => engine.FindPlaces(search)).OrderBy(place => place.Origin == StorePlaceOrigin.Mounted))
            Add(place with { Location = search.Resolve(place.Location) });
        return _places;
    }

    private static MountedOverlay Describe(MountEntry mount) => new(mount.MountPoint, UpperDirectoryOption.Find(mount.SuperOptions.Span));

    private void Add(FoundPlace found)
    {
        int index = _places.FindIndex(place => place.Location.Kind == found.Location.Kind && place.Location.Root == found.Location.Root);
        if (index < 0)
            _places.Add(found);
        else
            _places[index] = _places[index] with { IsExpected = _places[index].IsExpected || found.IsExpected, Outsider = found.Outsider is null ? null : _places[index].Outsider };
    }
}
