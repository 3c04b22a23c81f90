using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>One view of a host: what a snapshot holds of mounts, stores, processes and configuration, joined.</summary>
/// <remarks>
/// A pure function of the snapshot, computed once: it opens no file and reads no clock. Immutable and thread-safe. What the snapshot does not
/// hold is not known here either, with the reason of its part (<see cref="SnapshotPart{T}"/>).
/// </remarks>
public sealed partial class HostView
{
    private readonly Lazy<SnapshotPart<HostMounts>> _mounts;
    private readonly Lazy<SnapshotPart<EngineConfiguration>> _configuration;
    private readonly Lazy<ImmutableArray<DriverHome>> _homes;
    private readonly Lazy<HomeIndex> _byHome;
    private readonly Lazy<Dictionary<DriverHome, HostStore>> _storeOfHome;
    private readonly Lazy<HomeIndex> _byDataRoot;
    private readonly Lazy<SnapshotPart<ImmutableArray<HostStore>>> _stores;
    private readonly Lazy<Scope> _scope;
    private readonly Lazy<Dictionary<BytePath, SearchedStorePlace>> _foundPlaces;

    private HostView(StorageSnapshot snapshot, StorageSnapshot? previous)
    {
        Snapshot = snapshot;
        Previous = previous;
        _mounts = new Lazy<SnapshotPart<HostMounts>>(() => snapshot.Mounts.Select(table => new HostMounts(table)));
        _configuration = new Lazy<SnapshotPart<EngineConfiguration>>(() => snapshot.Configuration.Select(EngineConfiguration.Resolve));
        _homes = new Lazy<ImmutableArray<DriverHome>>(() => HomeFinder.FindAll(this));
        _byHome = new Lazy<HomeIndex>(() => new HomeIndex(Homes, home => home.Home));
        _byDataRoot = new Lazy<HomeIndex>(() => new HomeIndex(Homes, home => home.DataRoot));
        _storeOfHome = new Lazy<Dictionary<DriverHome, HostStore>>(() => KnownStores.DistinctBy(view => view.Home).ToDictionary(view => view.Home));
        _stores = new Lazy<SnapshotPart<ImmutableArray<HostStore>>>(() => snapshot.Stores.Select(FindStores));
        _processes = new Lazy<SnapshotPart<HostProcesses>>(() => snapshot.Processes.Select(processes => new HostProcesses(processes)));
        _roots = new Lazy<Dictionary<(int Major, int Minor), SnapshotNamespace>>(IndexRoots);
        _overlayLayers = new Lazy<ImmutableArray<OverlayLayer>>(() => Mounts.TryGet(out HostMounts? mounts) ? [.. mounts.Overlays.SelectMany(LayersOf)] : []);
        _foundPlaces = new Lazy<Dictionary<BytePath, SearchedStorePlace>>(() => IndexPlaces(snapshot));
        _scope = new Lazy<Scope>(() => Scope.Of(this));
        _leaks = new Lazy<LeakSearch?>(() => Mounts.TryGet(out HostMounts? mounts) ? new LeakSearch(this, mounts) : null);
        _engineProblems = new Lazy<ImmutableArray<EngineProblem>>(FindEngineProblems);
    }

    /// <summary>Joins what a snapshot holds.</summary>
    /// <param name="snapshot">What was seen of the host.</param>
    /// <param name="previous">An earlier snapshot of the same host; <see langword="null"/> if there is none.</param>
    public static HostView Of(StorageSnapshot snapshot, StorageSnapshot? previous = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new HostView(snapshot, previous);
    }

    /// <summary>What was seen of the host.</summary>
    public StorageSnapshot Snapshot { get; }

    /// <summary>An earlier snapshot of the same host; <see langword="null"/> if there is none.</summary>
    public StorageSnapshot? Previous { get; }

    /// <summary>The store in which a path is, where others than root and whoever looked decide what is in it.</summary>
    /// <param name="path">The path on the host, without symbolic links.</param>
    /// <returns>Its place, of which <see cref="SearchedStorePlace.Outsider"/> is known; <see langword="null"/> where there is none.</returns>
    public SearchedStorePlace? FindUserStore(BytePath path) =>
        Snapshot.StorePlaces.TryGet(out ImmutableArray<SearchedStorePlace> places) ? places.FirstOrDefault(place => place.Outsider is not null && path.StartsWith(place.Path)) : null;

    /// <summary>The store in which a path is, where a user has it for himself and nobody but him names it: what is wrong there is no fault of the host's engines.</summary>
    /// <param name="path">The path on the host, without symbolic links.</param>
    /// <returns>The place, <see cref="SearchedStorePlace.IsOfUser"/>; <see langword="null"/> where the innermost store of the path is no such one.</returns>
    public SearchedStorePlace? FindStoreOfUser(BytePath path)
    {
        Dictionary<BytePath, SearchedStorePlace> places = _foundPlaces.Value;
        if (places.Count == 0)
            return null;
        SearchedStorePlace? place;
        while (!places.TryGetValue(path, out place) && path.TryGetParent(out path))
        {
            // The innermost store counts.
        }

        return place is { IsOfUser: true } ? place : null;
    }

    /// <summary>The places with something there, by path; none where no user has a store for himself, so that nobody is asked for nothing.</summary>
    private static Dictionary<BytePath, SearchedStorePlace> IndexPlaces(StorageSnapshot snapshot)
    {
        Dictionary<BytePath, SearchedStorePlace> index = [];
        if (!snapshot.StorePlaces.TryGet(out ImmutableArray<SearchedStorePlace> places) || !places.Any(place => place.IsOfUser && place.Outcome != StorePlaceOutcome.NothingThere))
            return index;
        foreach (SearchedStorePlace place in places.Where(place => place.Outcome != StorePlaceOutcome.NothingThere))
        {
            // What is the host's too is the host's.
            if (!index.TryGetValue(place.Path, out SearchedStorePlace? other) || other.IsOfUser)
                index[place.Path] = place;
        }

        return index;
    }

    /// <summary>The mounts that the engine sees, with their overlays read.</summary>
    public SnapshotPart<HostMounts> Mounts => _mounts.Value;

    /// <summary>How the engine is configured.</summary>
    public SnapshotPart<EngineConfiguration> Configuration => _configuration.Value;

    /// <summary>The driver homes that stores, the configuration and the mount table tell of.</summary>
    public ImmutableArray<DriverHome> Homes => _homes.Value;

    /// <summary>The driver homes of engines that are there; those that only defaults name are left out.</summary>
    public IEnumerable<DriverHome> LiveHomes => Homes.Where(home =>
        home.Engine.IsConfigured ? HasEngine : !home.Engine.MayBeEmpty || home.Store is not { Layers.Count: 0, References.Count: 0 });

    /// <summary>The stores whose root directory is there; a host without one has no store to be ill.</summary>
    public SnapshotPart<ImmutableArray<HostStore>> Stores => _stores.Value;

    /// <summary>The stores, none where they are not known.</summary>
    internal ImmutableArray<HostStore> KnownStores => Stores.TryGet(out ImmutableArray<HostStore> stores) ? stores : [];

    /// <summary>What was looked for and where, of all that the view tells.</summary>
    public Scope Scope => _scope.Value;

    /// <summary>Whose store a path is in, or has in it; <see langword="null"/> for none.</summary>
    /// <param name="path">The path on the host.</param>
    public StorageEngine? FindEngine(BytePath path) => path.IsEmpty
        ? null
        : (FindHome(path) ?? (_byDataRoot.Value.TryFind(path, out DriverHome? home) ? home : null))?.Engine;

    private ImmutableArray<HostStore> FindStores(ImmutableArray<ILayerStore> stores)
    {
        Dictionary<ILayerStore, DriverHome> homes = new(ReferenceEqualityComparer.Instance);
        foreach (DriverHome home in Homes)
        {
            if (home.Store is { } read)
                homes.TryAdd(read, home);
        }

        return [.. stores.Where(Exists).Select(store => HostStore.Create(store, homes[store], this))];
    }

    private static bool Exists(ILayerStore store) =>
        store.Home.Type != StoreEntryType.Missing || !store.ReadProblems.Any(problem => problem.Path == store.DataRoot && problem.Reason == StoreProblemReason.NotFound);
}
