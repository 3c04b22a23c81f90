using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Execution;

/// <summary>The places of a machine that a plan can be about, as it is now: what a journal names besides them is not for this machine.</summary>
internal sealed class KnownPlaces
{
    private readonly ImmutableArray<BytePath> _roots;
    private readonly MountTable? _mounts;
    private readonly BytePath _kept;

    public KnownPlaces(RepairPlan plan, StorageSnapshot snapshot)
    {
        // Where the stores cannot be read, the configuration and the mounts tell of them.
        _roots = [.. (snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores) ? stores.Select(store => store.DataRoot) : []).Concat(HostView.Of(snapshot).Homes.Select(home => home.DataRoot)).Distinct()];
        _mounts = snapshot.Mounts.TryGet(out MountTable? mounts) ? mounts : null;
        _kept = plan.Policy.KeepDirectory;
    }

    /// <summary>The first place that a plan names and that is none of these; <see langword="null"/> if there is none.</summary>
    public BytePath? FindStranger(RepairPlan plan)
    {
        foreach (RepairAction action in plan.Steps.SelectMany(step => step.Undo.Prepend(step.Action)))
        {
            if (action.StoreRoot is { } store && !_roots.Any(root => root.IsSamePlace(store)))
                return store;
            foreach (BytePath point in action.MountPoints)
            {
                if (!IsKnown(point))
                    return point;
            }
        }

        return null;
    }

    /// <summary>Whether a directory is in a store or above one, among what is kept, or a mount is there.</summary>
    private bool IsKnown(BytePath point) =>
        point.StartsWith(_kept) || _roots.Any(root => root.StartsWith(point) || point.StartsWith(root)) || _mounts?.GetByMountPoint(point).IsEmpty == false;
}
