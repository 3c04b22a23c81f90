using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair;

public sealed partial class MemoryHost
{
    private const string Gone = "the mount is not there any more, or is not the one meant";

    private static readonly HostResult s_busy = new("EBUSY");
    private static readonly HostResult s_invalid = new("EINVAL");
    private static readonly HostResult s_missing = new("ENOENT");
    private static readonly HostResult s_elsewhere = new("the directory is not on the mount meant");

    /// <inheritdoc/>
    public HostResult Unmount(ulong namespaceId, MountFingerprint mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        if (Find(namespaceId, mount) is not { } found)
            return new HostResult(Gone);
        if (LoadMounts(namespaceId).Resolve(found.MountPoint)?.MountId != found.Id)
            return new HostResult("another mount hides the one meant");
        if (ChildrenOf(found).Any())
            return s_busy;

        if (ParentOf(found) is { } parent)
        {
            BytePath place = parent.Inside(found.MountPoint);
            foreach (MemoryMount receiver in ReceiversOf(parent))
            {
                if (receiver.Outside(place) is { } seen && ChildrenOf(receiver).LastOrDefault(child => child.MountPoint == seen) is { } copy && !ChildrenOf(copy).Any())
                    Remove(copy);
            }

            _isStoreUncovered |= !(found.IsOnDevice(parent) && found.Root == place) && IsAtStore(found.MountPoint);
        }

        Remove(found);
        return Changed();
    }

    /// <summary>Whether a directory is on a mount, or without one, in a place that the plan has made.</summary>
    private bool IsMeant(BytePath path, MountFingerprint? on) => LoadMounts(0).Resolve(path) is { } mount
        && (on is not null ? on.Matches(mount) : mount.MountPoint == path || (path.TryGetParent(out BytePath parent) && mount.MountPoint == parent));

    /// <inheritdoc/>
    public HostResult Bind(BindAction bind)
    {
        ArgumentNullException.ThrowIfNull(bind);
        return IsMeant(bind.Source, bind.Of) && IsMeant(bind.Target, bind.On) ? BindHere(bind.Source, bind.Target, bind.IsPrivate) : s_elsewhere;
    }

    /// <inheritdoc/>
    public HostResult MountFileSystem(MountFileSystemAction mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        if (Resolve(mount.Target) is not { } below)
            return s_missing;
        if (!IsMeant(mount.Target, mount.On))
            return s_elsewhere;
        (int major, int minor) = KnownDevice(mount.Device);
        Attach(
            new MemoryMount(0, new MountEntry
            {
                Major = major,
                Minor = minor,
                Root = BytePath.Root,
                Options = ByteString.FromText(mount.IsReadOnly ? "ro,relatime" : "rw,relatime"),
                FileSystemType = mount.FileSystemType,
                Source = mount.Device.Bytes,
                SuperOptions = ByteString.FromText(mount.IsReadOnly ? "ro" : "rw"),
            }),
            below, mount.Target);
        return Changed();
    }

    /// <inheritdoc/>
    public HostResult Move(MoveMountAction move)
    {
        ArgumentNullException.ThrowIfNull(move);
        BytePath target = move.Target;
        if (Find(0, move.Mount) is not { } found)
            return new HostResult(Gone);
        if (LoadMounts(0).Resolve(found.MountPoint)?.MountId != found.Id)
            return new HostResult("another mount hides the one meant");
        if (Resolve(target) is not { } below)
            return s_missing;
        if (!IsMeant(target, move.On))
            return s_elsewhere;
        if (ParentOf(found)?.Peers is not null || IsAtOrBelow(below, found))
            return s_invalid;

        BytePath old = found.MountPoint;
        foreach (MemoryMount inner in Tree(found))
            inner.MountPoint = MemoryMount.Swap(inner.MountPoint, old, target);
        _mounts.Remove(found);
        Attach(found, below, target);
        return Changed();
    }

    /// <inheritdoc/>
    public HostResult MakePrivate(MountFingerprint mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        if (Find(0, mount) is not { } found)
            return new HostResult(Gone);
        (found.Peers, found.Master) = (null, null);
        return Changed();
    }

    /// <inheritdoc/>
    public HostResult JoinPeers(MountFingerprint mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        if (Find(0, mount) is not { } found || ParentOf(found) is not { } parent)
            return new HostResult(Gone);
        if (found.Peers is not null || found.Master is not null || !found.IsOnDevice(parent) || !found.Root.StartsWith(parent.Root))
            return s_invalid;
        (found.Peers, found.Master) = (parent.Peers, parent.Master);
        return Changed();
    }

    /// <inheritdoc/>
    public HostResult MakePlace(BytePath place) => BindHere(place, place, isPrivate: true);

    /// <inheritdoc/>
    public HostResult RemovePlace(BytePath place)
    {
        MountTable table = LoadMounts(0);
        if (table.Entries.Any(mount => mount.MountPoint != place && mount.MountPoint.StartsWith(place)))
            return new HostResult($"something is mounted below {place}");
        return table.Resolve(place) is { } mount && mount.MountPoint == place ? Unmount(0, MountFingerprint.Of(mount)) : HostResult.Done;
    }

    private HostResult BindHere(BytePath source, BytePath target, bool isPrivate)
    {
        if (Resolve(source) is not { } from || Resolve(target) is not { } below)
            return s_missing;
        var copy = new MemoryMount(0, from.Entry) { Id = 0, Root = from.Inside(source), Peers = from.Peers, Master = from.Master };
        Attach(copy, below, target);
        if (isPrivate)
            (copy.Peers, copy.Master) = (null, null);
        return Changed();
    }

    /// <summary>The mounts are others now.</summary>
    private HostResult Changed()
    {
        _tables.Clear();
        return HostResult.Done;
    }

    /// <summary>Mounts something, and copies of it wherever that is heard.</summary>
    private void Attach(MemoryMount mount, MemoryMount below, BytePath target)
    {
        if (mount.Id == 0)
            mount.Id = TakeId();
        mount.ParentId = below.Id;
        mount.MountPoint = target;
        if (below.Peers is not null)
            mount.Peers ??= _nextPeers++;
        _mounts.Add(mount);
        BytePath place = below.Inside(target);
        foreach (MemoryMount receiver in ReceiversOf(below))
        {
            if (receiver == mount || receiver.Outside(place) is not { } seen)
                continue;
            bool isSlave = receiver.Peers != below.Peers;
            _mounts.Add(new MemoryMount(receiver.NamespaceId, mount.Entry)
            {
                Id = TakeId(),
                ParentId = receiver.Id,
                MountPoint = seen,
                Root = mount.Root,
                Peers = isSlave ? null : mount.Peers,
                Master = isSlave ? mount.Peers : mount.Master,
            });
        }
    }

    private List<MemoryMount> Tree(MemoryMount top)
    {
        List<MemoryMount> tree = [top];
        for (int i = 0; i < tree.Count; i++)
            tree.AddRange(ChildrenOf(tree[i]).Where(child => !tree.Contains(child)));
        return tree;
    }

    private bool IsAtOrBelow(MemoryMount mount, MemoryMount top) => Tree(top).Contains(mount);

    private bool IsAtStore(BytePath mountPoint) =>
        _snapshot.Stores.IsKnown && _snapshot.Stores.Value.Any(store => store.DriverHome.StartsWith(mountPoint));

    private (int Major, int Minor) KnownDevice(BytePath device)
    {
        // Whatever the kernel will call it, it is no device that is mounted now.
        MountEntry? known = _snapshot.Mounts.Value.Entries.FirstOrDefault(entry => entry.Source == device.Bytes);
        return known is null ? (0, int.MaxValue) : (known.Major, known.Minor);
    }
}
