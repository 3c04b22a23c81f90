using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis;

// What several rules need is computed once.
public sealed partial class DiagnosisContext
{
    private readonly Lazy<MountView?> _mounts;
    private readonly Lazy<ImmutableArray<DriverHomeView>> _homes;
    private readonly Lazy<ImmutableArray<StoreView>> _stores;

    /// <summary>The mounts with an index; <see langword="null"/> if the snapshot does not hold them.</summary>
    internal MountView? Mounts => _mounts.Value;

    /// <summary>The driver homes that the snapshot tells of.</summary>
    internal ImmutableArray<DriverHomeView> Homes => _homes.Value;

    /// <summary>The driver homes of engines that are there; those that only defaults name are left out.</summary>
    internal IEnumerable<DriverHomeView> LiveHomes => Homes.Where(home => home.Kind switch
    {
        LayerStoreKind.DockerClassic => HasEngine,

        // A containerd that only runs the tasks of others has one too, and keeps nothing in it.
        LayerStoreKind.ContainerdSnapshots => home.Store is not { Layers.Count: 0, References.Count: 0 },
        _ => true,
    });

    /// <summary>The mounts; where they are not known, the rule that is asked now is suspended.</summary>
    internal bool TryGetMounts([NotNullWhen(true)] out MountView? mounts)
    {
        mounts = Mounts;
        if (mounts is null)
            Suspend($"{nameof(Snapshot.Mounts)}: {Snapshot.Mounts.Reason}");
        else if (mounts.Table.BadLineCount > 0)
            Suspend($"{nameof(Snapshot.Mounts)}: {mounts.Table.BadLineCount} lines of the mount table cannot be read");
        return mounts is not null;
    }

    /// <summary>The stores that can be seen. For those that are covered, or could not be read in full, the rule that is asked now is suspended.</summary>
    internal IEnumerable<StoreView> OpenStores()
    {
        if (!TryGet(Snapshot.Stores, out _))
            yield break;

        foreach (StoreView view in _stores.Value.Where(Concerns))
        {
            if (view.Home.IsCovered)
            {
                Suspend(view.Home.CoveredBecause, SuspensionKind.Covered);
                continue;
            }

            if (view.Store.ReadProblems.Count > 0)
                Suspend($"{view.Store.ReadProblems.Count} places of the store {view.Store.DataRoot} could not be read, first {view.Store.ReadProblems[0]}");
            yield return view;
        }
    }

    /// <summary>Everything that a store's records say, also where the store's layers are covered: the records are in the engine's root directory.</summary>
    internal IEnumerable<StoreView> RecordedStores()
    {
        if (!TryGet(Snapshot.Stores, out _))
            yield break;

        foreach (StoreView view in _stores.Value.Where(Concerns))
        {
            if (view.Home.IsDataRootCovered)
                Suspend(view.Home.CoveredBecause, SuspensionKind.Covered);
            else
                yield return view;
        }
    }

    /// <summary>The same of stores with the layout of the overlay2 driver.</summary>
    internal IEnumerable<DriverStoreView> OpenDriverStores() => OpenStores().OfType<DriverStoreView>();

    /// <summary>Whether the rule that is asked now holds for stores of the kind.</summary>
    private bool Concerns(StoreView view) => Rule.HoldsFor(view.Store.Kind);

    private ImmutableArray<StoreView> FindStores() => Snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores)
        ? [.. stores.Where(Exists).Select(store => StoreView.Create(store, Homes.First(home => ReferenceEquals(home.Store, store)), this))]
        : [];

    /// <summary>Whether there is an engine's root directory at all; a host without one has no store to be ill.</summary>
    private static bool Exists(ILayerStore store) =>
        store.Home.Type != StoreEntryType.Missing || !store.ReadProblems.Any(problem => problem.Path == store.DataRoot && problem.Reason == StoreProblemReason.NotFound);
}
