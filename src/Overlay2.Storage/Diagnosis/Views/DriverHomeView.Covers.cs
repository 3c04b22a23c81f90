using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Views;

internal sealed partial class DriverHomeView
{
    private void Look(MountView mounts)
    {
        Mount = mounts.Table.Resolve(Home);
        foreach (MountEntry mount in mounts.Table.Entries)
        {
            if (mount.MountPoint.StartsWith(DataRoot) || mount.MountPoint.StartsWith(Home))
                _below.Add(mount);
        }

        foreach (OverlayView overlay in mounts.Overlays)
        {
            if (!TryGetLayerId(Kind == LayerStoreKind.ContainerdSnapshots ? overlay.Upper : overlay.Mount.MountPoint, out ByteString layerId))
                continue;
            if (!_layerMounts.TryGetValue(layerId, out List<OverlayView>? list))
                _layerMounts.Add(layerId, list = []);
            list.Add(overlay);
        }

        FindCovers(mounts.Table);
    }

    private void FindCovers(MountTable table)
    {
        var hidden = new Dictionary<MountEntry, List<MountEntry>>();
        foreach (MountEntry mount in _below)
        {
            MountVisibility visibility = table.GetVisibility(mount);
            if (visibility.Status == MountVisibilityStatus.Unknown)
                UnclearCount++;

            // What is on the same directory is a stack, and no cover.
            if (visibility.HiddenBy is not { } cover || MountView.IsSamePlace(cover.MountPoint, mount.MountPoint) || !mount.MountPoint.StartsWith(cover.MountPoint))
                continue;
            if (!hidden.TryGetValue(cover, out List<MountEntry>? list))
                hidden.Add(cover, list = []);
            list.Add(mount);
        }

        Covers = [.. hidden.Select(pair => PileOf(table, pair.Key, pair.Value)).OrderBy(pile => pile.MountPoint)];
        foreach (CoverPile pile in Covers)
        {
            if (!Home.StartsWith(pile.MountPoint))
                continue;
            CoveredBecause = $"{pile.MountPoint} is covered by another mount (see {(pile.IsForeign ? "OVL0002" : "OVL0001")}): what can be seen below is not known to be the store";
            IsDataRootCovered |= pile.IsForeign && DataRoot.StartsWith(pile.MountPoint);
        }
    }

    private static CoverPile PileOf(MountTable table, MountEntry top, List<MountEntry> hidden)
    {
        HashSet<int> parentsOfHidden = [.. hidden.Select(mount => mount.ParentId)];
        var covers = ImmutableArray.CreateBuilder<MountEntry>();
        bool isForeign = false;
        bool isSure = true;
        for (MountEntry? cover = top; cover is not null;)
        {
            covers.Add(cover);
            MountEntry? below = table.GetParent(cover);
            if (below is null)
                isSure = false;
            else
                isForeign |= !MountView.IsSelfBind(cover, below);
            cover = below is not null && !parentsOfHidden.Contains(below.MountId) && MountView.IsSamePlace(below.MountPoint, top.MountPoint) ? below : null;
        }

        return new CoverPile(covers.ToImmutable(), [.. hidden], isForeign, isSure);
    }
}
