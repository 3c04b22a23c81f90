using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

public sealed partial class DriverHome
{
    private void Look(HostMounts mounts, ImmutableArray<SnapshotOpenFile> open)
    {
        Mount = mounts.Table.Resolve(Home);
        _below.AddRange(mounts.Below(Store is { StateDirectory: { IsEmpty: false } state } ? [DataRoot, Home, state] : [DataRoot, Home]));
        foreach (HostOverlay overlay in mounts.OfLayersIn(Engine, LayersDirectory))
        {
            if (!TryGetMountedLayer(overlay, out ByteString layerId))
                continue;
            if (!_layerMounts.TryGetValue(layerId, out List<HostOverlay>? list))
                _layerMounts.Add(layerId, list = []);
            list.Add(overlay);
        }

        FindCovers(mounts.Table);
        if (!LayersDirectory.IsSamePlace(Home))
            FindCoversOfLayers(mounts);
        FindCoversOfOpenFiles(mounts.Table, open);
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
            if (visibility.HiddenBy is not { } cover || cover.MountPoint.IsSamePlace(mount.MountPoint) || !mount.MountPoint.StartsWith(cover.MountPoint))
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
            NoteCover(pile);
            IsDataRootCovered |= pile.IsForeign && DataRoot.StartsWith(pile.MountPoint);
        }
    }

    /// <summary>
    /// Covers of a store whose layers are mounted elsewhere: they hide no mount, but the layers of mounts that are older. A bind of the
    /// directory on itself shows the same layers, and does no harm there.
    /// </summary>
    private void FindCoversOfLayers(HostMounts mounts)
    {
        if (mounts.Table.Resolve(LayersDirectory) is not { } top || !top.MountPoint.StartsWith(DataRoot))
            return;
        ImmutableArray<MountEntry> older = [.. mounts.OfLayersIn(Engine, LayersDirectory).Where(overlay => IsOlder(overlay.Mount, top)).Select(overlay => overlay.Mount)];
        if (older.IsEmpty)
            return;

        MountEntry oldest = older[0];
        foreach (MountEntry mount in older)
            oldest = IsOlder(mount, oldest) ? mount : oldest;

        var covers = ImmutableArray.CreateBuilder<MountEntry>();
        MountEntry? below = top;
        bool isForeign = false;
        while (below is not null && below.MountPoint.IsSamePlace(top.MountPoint) && IsOlder(oldest, below))
        {
            MountEntry cover = below;
            below = mounts.Table.GetParent(cover);
            covers.Add(cover);
            isForeign |= below is null || !HostMounts.IsSelfBind(cover, below);
        }

        if (!isForeign || Covers.Any(pile => pile.MountPoint == top.MountPoint))
            return;
        CoverPile found = new(covers.ToImmutable(), older, isForeign, IsSure: below is not null);
        Covers = Covers.Add(found);
        NoteCover(found);

        // The records of layers are beside the layers.
        IsDataRootCovered = true;
    }

    /// <summary>
    /// Covers that hide no mount, since nothing ran when they came: what the engine has open is in another mount than its path leads to now. A
    /// bind of the directory on itself shows the same files, and does no harm then.
    /// </summary>
    private void FindCoversOfOpenFiles(MountTable table, ImmutableArray<SnapshotOpenFile> open)
    {
        foreach (IGrouping<int, SnapshotOpenFile> files in open.Where(file => file.Path.StartsWith(DataRoot) || file.Path.StartsWith(Home)).GroupBy(file => file.MountId))
        {
            if (!table.TryGet(files.Key, out MountEntry? own) || CoversOf(table, own, files.First().Path) is not { Length: > 0 } covers)
                continue;
            if (Covers.Any(pile => pile.Covers.Contains(covers[0])) || covers.All(cover => table.GetParent(cover) is { } below && HostMounts.IsSelfBind(cover, below)))
                continue;
            CoverPile found = new(covers, Hidden: [], IsForeign: true, IsSure: true) { OpenFiles = [.. files] };
            Covers = Covers.Add(found);
            NoteCover(found);
            IsDataRootCovered |= DataRoot.StartsWith(found.MountPoint);
        }
    }

    /// <summary>The mounts over the root directory or home that a path goes through now and did not when it led to a file of a mount, the topmost first.</summary>
    private ImmutableArray<MountEntry> CoversOf(MountTable table, MountEntry own, BytePath path)
    {
        var covers = ImmutableArray.CreateBuilder<MountEntry>();
        for (MountEntry? mount = table.Resolve(path); mount != own; mount = table.GetParent(mount))
        {
            // Where the file's own mount is not below, or something else is mounted over it, the path tells of no cover.
            if (mount is null || !(DataRoot.StartsWith(mount.MountPoint) || Home.StartsWith(mount.MountPoint)) || !mount.MountPoint.StartsWith(own.MountPoint))
                return [];
            covers.Add(mount);
        }

        return covers.ToImmutable();
    }

    private void NoteCover(CoverPile pile) => Cover = new HomeCover(pile.IsForeign ? HomeCoverKind.Foreign : HomeCoverKind.SelfBind, pile.MountPoint);

    /// <summary>A store none of whose layers is there: its file system is covered without hiding any mount, or is not mounted.</summary>
    private HomeCover? FindLoss(HostMounts? mounts, ImmutableArray<ConfiguredMount> configured)
    {
        if (mounts is null || Store?.MeasureLoss() is not { IsTotal: true } loss)
            return null;
        if (mounts.Table.Resolve(LayersDirectory) is { } mount && (mount.MountPoint.IsSamePlace(Home) || mount.MountPoint.IsSamePlace(LayersDirectory)))
            return new HomeCover(HomeCoverKind.Empty, mount.MountPoint) { Mount = mount, Loss = loss };
        ConfiguredMount? missing = configured.FirstOrDefault(wanted =>
            (wanted.MountPoint.IsSamePlace(Home) || wanted.MountPoint.IsSamePlace(DataRoot)) && mounts.Table.GetByMountPoint(wanted.MountPoint).IsEmpty);
        return missing is null ? null : new HomeCover(HomeCoverKind.LostDisk, missing.MountPoint) { Missing = missing, Loss = loss };
    }

    /// <summary>Tables list mounts in the order in which they were made.</summary>
    private static bool IsOlder(MountEntry left, MountEntry right) =>
        left.UniqueId != 0 && right.UniqueId != 0 ? left.UniqueId < right.UniqueId : left.Index < right.Index;

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
                isForeign |= !HostMounts.IsSelfBind(cover, below);
            cover = below is not null && !parentsOfHidden.Contains(below.MountId) && below.MountPoint.IsSamePlace(top.MountPoint) ? below : null;
        }

        return new CoverPile(covers.ToImmutable(), [.. hidden], isForeign, isSure);
    }
}
