using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The mounts of a machine in memory.</summary>
internal sealed class MemoryMounts : IMountOperations
{
    private const string Gone = "the mount is not there any more, or is not the one meant";

    private static readonly HostResult s_busy = new("EBUSY");
    private static readonly HostResult s_invalid = new("EINVAL");
    private static readonly HostResult s_missing = new("ENOENT");
    private static readonly HostResult s_elsewhere = new("the directory is not on the mount meant");

    private readonly StorageSnapshot _snapshot;
    private readonly MemoryMountSet _mounts = new();
    private readonly SortedSet<int> _freeIds = [];

    /// <summary>The ids that were given again, or became free, one after the other.</summary>
    private readonly List<(bool BecameFree, int Id)> _idChanges = [];
    private int _nextId = 1;
    private int _nextPeers = 1;

    public MemoryMounts(StorageSnapshot snapshot, MountTable table, CancellationToken cancellationToken)
    {
        _snapshot = snapshot;
        _mounts.AddNamespace(0, table, cancellationToken);
        foreach ((ulong namespaceId, MountTable mounts) in OtherTables(snapshot))
            _mounts.AddNamespace(namespaceId, mounts, cancellationToken);
        foreach (MemoryMount mount in _mounts.All)
        {
            _nextId = Math.Max(_nextId, mount.Id + 1);
            _nextPeers = Math.Max(_nextPeers, Math.Max(mount.Peers ?? 0, mount.Master ?? 0) + 1);
        }
    }

    /// <summary>Whether a store can be seen that the snapshot could not see.</summary>
    public bool IsStoreUncovered { get; private set; }

    /// <summary>The mounts that a snapshot holds of mount namespaces beside the engine's.</summary>
    public static IEnumerable<(ulong NamespaceId, MountTable Table)> OtherTables(StorageSnapshot snapshot) =>
        snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? namespaces.Where(other => other.Mounts.IsKnown).Select(other => (other.Id, other.Mounts.Value))
            : [];

    /// <summary>A moment to go back to.</summary>
    public int Mark => _mounts.Mark;

    /// <summary>Does something, tells whether it gives the very mounts of a mark, and takes it back.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="doing">What is done; whether it can be.</param>
    public bool Gives(int mark, Func<bool> doing)
    {
        (int now, int ids, int nextId, int nextPeers, bool isUncovered) = (Mark, _idChanges.Count, _nextId, _nextPeers, IsStoreUncovered);
        bool isSame = doing() && IsAsAt(mark);
        _mounts.Return(now);
        for (; _idChanges.Count > ids; _idChanges.RemoveAt(_idChanges.Count - 1))
        {
            if (_idChanges[^1].BecameFree)
                _freeIds.Remove(_idChanges[^1].Id);
            else
                _freeIds.Add(_idChanges[^1].Id);
        }

        (_nextId, _nextPeers, IsStoreUncovered) = (nextId, nextPeers, isUncovered);
        return isSame;
    }

    /// <summary>A snapshot with the mounts as they are now.</summary>
    public StorageSnapshot ApplyTo(StorageSnapshot snapshot) => snapshot with
    {
        Mounts = SnapshotPart.Known(LoadMounts(0)),
        OtherNamespaces = snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? SnapshotPart.Known(namespaces.Select(other => other.Mounts.IsKnown ? other with { Mounts = SnapshotPart.Known(LoadMounts(other.Id)) } : other).ToImmutableArray())
            : snapshot.OtherNamespaces,
    };

    public MountTable LoadMounts(ulong namespaceId) => _mounts.Load(namespaceId);

    public IReadOnlyList<MountTable> LoadOtherMounts() => [.. _mounts.Namespaces.Where(id => id != 0).Select(LoadMounts)];

    public HostResult Unmount(ulong namespaceId, MountFingerprint mount)
    {
        if (_mounts.Find(namespaceId, mount) is not { } found)
            return new HostResult(Gone);
        if (_mounts.Resolve(namespaceId, found.MountPoint)?.Id != found.Id)
            return new HostResult("another mount hides the one meant");
        if (_mounts.ChildrenOf(found).Any())
            return s_busy;

        if (_mounts.ParentOf(found) is { } parent)
        {
            BytePath place = parent.Inside(found.MountPoint);
            foreach (MemoryMount receiver in ReceiversOf(parent))
            {
                if (receiver.Outside(place) is { } seen && _mounts.ChildAt(receiver, seen) is { } copy && !_mounts.ChildrenOf(copy).Any())
                    Remove(copy);
            }

            IsStoreUncovered |= !(found.IsOnDevice(parent) && found.Root == place) && IsAtStore(found.MountPoint);
        }

        Remove(found);
        return HostResult.Done;
    }

    /// <summary>Whether a mount is there and a path leads to it.</summary>
    public bool IsReached(ulong namespaceId, MountFingerprint mount) => _mounts.Find(namespaceId, mount) is { } found && _mounts.Resolve(namespaceId, found.MountPoint) == found;

    /// <summary>Whether a directory is on a mount, or without one, in a place that the plan has made.</summary>
    private bool IsMeant(BytePath path, MountFingerprint? on) => Resolve(path) is { } mount
        && (on is not null ? on.Matches(mount.ToEntry(0)) : mount.MountPoint == path || (path.TryGetParent(out BytePath parent) && mount.MountPoint == parent));

    public HostResult Bind(BytePath source, MountFingerprint of, BytePath target, MountFingerprint? on, bool isPrivate) =>
        IsMeant(source, of) && IsMeant(target, on) ? BindHere(source, target, isPrivate) : s_elsewhere;

    public HostResult MountFileSystem(ByteString fileSystemType, BytePath device, BytePath target, MountFingerprint on, bool isReadOnly)
    {
        if (Resolve(target) is not { } below)
            return s_missing;
        if (!IsMeant(target, on))
            return s_elsewhere;
        (int major, int minor) = KnownDevice(device);
        Attach(
            new MemoryMount(0, new MountEntry
            {
                Major = major,
                Minor = minor,
                Root = BytePath.Root,
                Options = ByteString.FromText(isReadOnly ? "ro,relatime" : "rw,relatime"),
                FileSystemType = fileSystemType,
                Source = device.Bytes,
                SuperOptions = ByteString.FromText(isReadOnly ? "ro" : "rw"),
            }),
            below, target);
        return HostResult.Done;
    }

    public HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on)
    {
        if (_mounts.Find(0, mount) is not { } found)
            return new HostResult(Gone);
        if (Resolve(found.MountPoint)?.Id != found.Id)
            return new HostResult("another mount hides the one meant");
        if (Resolve(target) is not { } below)
            return s_missing;
        if (!IsMeant(target, on))
            return s_elsewhere;
        List<MemoryMount> tree = Tree(found);
        if (_mounts.ParentOf(found)?.Peers is not null || tree.Contains(below))
            return s_invalid;

        BytePath old = found.MountPoint;
        foreach (MemoryMount inner in tree)
            _mounts.Change(inner, inner => inner.MountPoint = MemoryMount.Swap(inner.MountPoint, old, target));
        _mounts.Remove(found);
        found.Order = 0;
        Attach(found, below, target);
        return HostResult.Done;
    }

    public HostResult MakePrivate(MountFingerprint mount)
    {
        if (_mounts.Find(0, mount) is not { } found)
            return new HostResult(Gone);
        _mounts.Change(found, found => (found.Peers, found.Master) = (null, null));
        return HostResult.Done;
    }

    public HostResult JoinPeers(MountFingerprint mount)
    {
        if (_mounts.Find(0, mount) is not { } found || _mounts.ParentOf(found) is not { } parent)
            return new HostResult(Gone);
        if (found.Peers is not null || found.Master is not null || !found.IsOnDevice(parent) || !found.Root.StartsWith(parent.Root))
            return s_invalid;
        _mounts.Change(found, found => (found.Peers, found.Master) = (parent.Peers, parent.Master));
        return HostResult.Done;
    }

    public HostResult MakePlace(BytePath place) => BindHere(place, place, isPrivate: true);

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
            _mounts.Change(copy, copy => (copy.Peers, copy.Master) = (null, null));
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
            tree.AddRange(_mounts.ChildrenOf(tree[i]));
        return tree;
    }

    private bool IsAtStore(BytePath mountPoint) =>
        _snapshot.Stores.IsKnown && _snapshot.Stores.Value.Any(store => store.DriverHome.StartsWith(mountPoint));

    private (int Major, int Minor) KnownDevice(BytePath device)
    {
        // Whatever the kernel will call it, it is no device that is mounted now.
        MountEntry? known = _snapshot.Mounts.Value.Entries.FirstOrDefault(entry => entry.Source == device.Bytes);
        return known is null ? (0, int.MaxValue) : (known.Major, known.Minor);
    }

    /// <summary>Whether the mounts are those of a mark, but for the numbers of mounts and of peer groups, which are new each time.</summary>
    private bool IsAsAt(int mark)
    {
        (List<MemoryMount> gone, List<MemoryMount> came) = _mounts.ChangesSince(mark);
        if (gone.Count != came.Count)
            return false;
        Dictionary<(ulong, int), int> ids = [];
        Dictionary<int, int> groups = [];
        (MemoryMount Before, MemoryMount After)[] pairs = [.. gone.OrderBy(What).ThenBy(mount => mount.Order).Zip(came.OrderBy(What).ThenBy(mount => mount.Order))];
        foreach ((MemoryMount before, MemoryMount after) in pairs)
        {
            if (What(before) != What(after) || !ids.TryAdd((before.NamespaceId, before.Id), after.Id) || before.Peers is null != after.Peers is null)
                return false;
            if (before.Peers is { } group && !groups.TryAdd(group, after.Peers!.Value) && groups[group] != after.Peers)
                return false;
        }

        // A group with another number is the same one if all that were in it are in the other, and nothing else is.
        foreach ((int before, int after) in groups)
        {
            if (before != after && (_mounts.PeersIn(before).Count + _mounts.SlavesOf(before).Count > 0 || _mounts.PeersIn(after).Count != pairs.Count(pair => pair.Before.Peers == before)))
                return false;
        }

        return Array.TrueForAll(pairs, pair => ids.GetValueOrDefault((pair.Before.NamespaceId, pair.Before.ParentId), pair.Before.ParentId) == pair.After.ParentId
            && (pair.Before.Master is { } master ? groups.GetValueOrDefault(master, master) : null) == pair.After.Master);

        static (ulong, int, int, BytePath, BytePath) What(MemoryMount mount) => (mount.NamespaceId, mount.Entry.Major, mount.Entry.Minor, mount.Root, mount.MountPoint);
    }

    /// <summary>As the kernel does: the id of a mount that is gone is given again.</summary>
    private int TakeId()
    {
        if (_freeIds.Count == 0)
            return _nextId++;
        int id = _freeIds.Min;
        _freeIds.Remove(id);
        _idChanges.Add((false, id));
        return id;
    }

    private void Remove(MemoryMount mount)
    {
        _mounts.Remove(mount);
        if (_freeIds.Add(mount.Id))
            _idChanges.Add((true, mount.Id));
    }

    private MemoryMount? Resolve(BytePath path) => _mounts.Resolve(0, path);

    /// <summary>The other mounts that hear of what happens on a mount: its peers, and what receives from them, directly or not, in the order of the mounts.</summary>
    private List<MemoryMount> ReceiversOf(MemoryMount mount)
    {
        if (mount.Peers is not { } first)
            return [];
        HashSet<MemoryMount> receivers = [];
        HashSet<int> seen = [];
        Stack<int> groups = new([first]);
        while (groups.TryPop(out int group))
        {
            if (!seen.Add(group))
                continue;
            foreach (MemoryMount other in _mounts.PeersIn(group).Concat(_mounts.SlavesOf(group)).OrderBy(other => other.Order))
            {
                if (other != mount && receivers.Add(other) && other.Peers is { } next)
                    groups.Push(next);
            }
        }

        return [.. receivers];
    }
}
