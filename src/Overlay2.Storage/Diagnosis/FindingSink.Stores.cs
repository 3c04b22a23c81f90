using System.Collections.Immutable;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis;

// The stores that a rule may judge.
public sealed partial class FindingSink
{
    /// <summary>Takes the stores that can be seen. For those that are covered, or could not be read in full, the rule is suspended.</summary>
    /// <param name="host">The host.</param>
    public ImmutableArray<HostStore> OpenStores(HostView host)
    {
        var open = ImmutableArray.CreateBuilder<HostStore>();
        foreach (HostStore view in Concerned(host))
        {
            if (view.Home.Cover is { } cover)
            {
                Suspend(Explain(view.Home, cover), SuspensionKind.Covered);
                continue;
            }

            if (view.Store.ReadProblems.Count > 0)
            {
                Suspend(
                    $"{view.Store.ReadProblems.Count} places of the store {view.Store.DataRoot} could not be read, first {view.Store.ReadProblems[0]}",
                    host.FindStoreOfUser(view.Store.DataRoot) is null ? SuspensionKind.NotSeen : SuspensionKind.OfUser);
            }

            open.Add(view);
        }

        return open.ToImmutable();
    }

    /// <summary>Takes the stores whose records can be seen, also where their layers are covered: the records are in the engine's root directory.</summary>
    /// <param name="host">The host.</param>
    public ImmutableArray<HostStore> RecordedStores(HostView host)
    {
        var recorded = ImmutableArray.CreateBuilder<HostStore>();
        foreach (HostStore view in Concerned(host))
        {
            if (view.Home is { IsDataRootCovered: true, Cover: { } cover })
                Suspend(Explain(view.Home, cover), SuspensionKind.Covered);
            else
                recorded.Add(view);
        }

        return recorded.ToImmutable();
    }

    /// <summary>As <see cref="OpenStores"/>, of stores with the layout of the overlay2 driver.</summary>
    /// <param name="host">The host.</param>
    public ImmutableArray<HostDriverStore> OpenDriverStores(HostView host) => [.. OpenStores(host).OfType<HostDriverStore>()];

    /// <summary>Why nothing can be said of a store that is covered.</summary>
    /// <param name="home">The store's driver home.</param>
    /// <param name="cover">What covers it.</param>
    public static string Explain(DriverHome home, HomeCover cover) => cover.Kind switch
    {
        HomeCoverKind.Empty => $"{home.Home} holds none of the layers that the records name, and another file system is mounted there (see {FindingIds.ForeignCover})",
        HomeCoverKind.LostDisk => $"the file system that belongs on {cover.Place} is not mounted (see {FindingIds.LostDisk})",
        _ => $"{cover.Place} is covered by another mount (see {(cover.Kind == HomeCoverKind.Foreign ? FindingIds.ForeignCover : FindingIds.SelfBindCover)}): what can be seen below is not known to be the store",
    };

    private IEnumerable<HostStore> Concerned(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return TryGet(host.Stores, out ImmutableArray<HostStore> stores) ? stores.Where(view => Rule.HoldsFor(view.Store.Engine)) : [];
    }
}
