using System.Collections.Immutable;
using System.Globalization;
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
    private readonly List<MemoryMount> _mounts = [];
    private readonly SortedSet<int> _freeIds = [];

    /// <summary>The tables since the last change.</summary>
    private readonly Dictionary<ulong, MountTable> _tables = [];
    private int _nextId = 1;
    private int _nextPeers = 1;

    public MemoryMounts(StorageSnapshot snapshot, MountTable table)
    {
        _snapshot = snapshot;
        Add(0, table);
        foreach ((ulong namespaceId, MountTable mounts) in OtherTables(snapshot))
            Add(namespaceId, mounts);
    }

    private MemoryMounts(MemoryMounts other)
    {
        _snapshot = other._snapshot;
        _mounts.AddRange(other._mounts.Select(mount => mount.Clone()));
        _freeIds.UnionWith(other._freeIds);
        (_nextId, _nextPeers, IsStoreUncovered) = (other._nextId, other._nextPeers, other.IsStoreUncovered);
    }

    /// <summary>Whether a store can be seen that the snapshot could not see.</summary>
    public bool IsStoreUncovered { get; private set; }

    /// <summary>The mounts that a snapshot holds of mount namespaces beside the engine's.</summary>
    public static IEnumerable<(ulong NamespaceId, MountTable Table)> OtherTables(StorageSnapshot snapshot) =>
        snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? namespaces.Where(other => other.Mounts.IsKnown).Select(other => (other.Id, other.Mounts.Value))
            : [];

    /// <summary>A copy that goes its own way.</summary>
    public MemoryMounts Clone() => new(this);

    /// <summary>A snapshot with the mounts as they are now.</summary>
    public StorageSnapshot ApplyTo(StorageSnapshot snapshot) => snapshot with
    {
        Mounts = SnapshotPart.Known(LoadMounts(0)),
        OtherNamespaces = snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? SnapshotPart.Known(namespaces.Select(other => other.Mounts.IsKnown ? other with { Mounts = SnapshotPart.Known(LoadMounts(other.Id)) } : other).ToImmutableArray())
            : snapshot.OtherNamespaces,
    };

    public MountTable LoadMounts(ulong namespaceId)
    {
        if (!_tables.TryGetValue(namespaceId, out MountTable? table))
        {
            int index = 0;
            table = MountTable.FromEntries([.. _mounts.Where(mount => mount.NamespaceId == namespaceId).Select(mount => mount.ToEntry(index++))]);
            _tables.Add(namespaceId, table);
        }

        return table;
    }

    public IReadOnlyList<MountTable> LoadOtherMounts() => [.. _mounts.Select(mount => mount.NamespaceId).Where(id => id != 0).Distinct().Select(LoadMounts)];

    public HostResult Unmount(ulong namespaceId, MountFingerprint mount)
    {
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

            IsStoreUncovered |= !(found.IsOnDevice(parent) && found.Root == place) && IsAtStore(found.MountPoint);
        }

        Remove(found);
        return Changed();
    }

    /// <summary>Whether a directory is on a mount, or without one, in a place that the plan has made.</summary>
    private bool IsMeant(BytePath path, MountFingerprint? on) => LoadMounts(0).Resolve(path) is { } mount
        && (on is not null ? on.Matches(mount) : mount.MountPoint == path || (path.TryGetParent(out BytePath parent) && mount.MountPoint == parent));

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
        return Changed();
    }

    public HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on)
    {
        if (Find(0, mount) is not { } found)
            return new HostResult(Gone);
        if (LoadMounts(0).Resolve(found.MountPoint)?.MountId != found.Id)
            return new HostResult("another mount hides the one meant");
        if (Resolve(target) is not { } below)
            return s_missing;
        if (!IsMeant(target, on))
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

    public HostResult MakePrivate(MountFingerprint mount)
    {
        if (Find(0, mount) is not { } found)
            return new HostResult(Gone);
        (found.Peers, found.Master) = (null, null);
        return Changed();
    }

    public HostResult JoinPeers(MountFingerprint mount)
    {
        if (Find(0, mount) is not { } found || ParentOf(found) is not { } parent)
            return new HostResult(Gone);
        if (found.Peers is not null || found.Master is not null || !found.IsOnDevice(parent) || !found.Root.StartsWith(parent.Root))
            return s_invalid;
        (found.Peers, found.Master) = (parent.Peers, parent.Master);
        return Changed();
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

    /// <summary>All mounts without their numbers, which are new each time: what is where, seen or not, and with whom it shares.</summary>
    public IReadOnlyList<string> Describe()
    {
        ILookup<int, MemoryMount> peers = _mounts.Where(mount => mount.Peers is not null).ToLookup(mount => mount.Peers!.Value);
        return
        [
            .. _mounts.Select(mount =>
            {
                MountTable table = LoadMounts(mount.NamespaceId);
                bool isSeen = table.Resolve(mount.MountPoint)?.MountId == mount.Id;
                return string.Create(CultureInfo.InvariantCulture, $"{mount.NamespaceId} {mount.Entry.Major}:{mount.Entry.Minor} {mount.Root} {mount.MountPoint} {(isSeen ? "seen" : "hidden")} {Members(mount.Peers)} {Members(mount.Master)}");
            }).Order(StringComparer.Ordinal),
        ];

        string Members(int? group) => group is null ? "-" : string.Join(' ', peers[group.Value].Select(mount => $"{mount.NamespaceId}:{mount.MountPoint}").Order(StringComparer.Ordinal));
    }

    private void Add(ulong namespaceId, MountTable table)
    {
        foreach (MountEntry entry in table.Entries)
        {
            var mount = new MemoryMount(namespaceId, entry);
            _mounts.Add(mount);
            _nextId = Math.Max(_nextId, entry.MountId + 1);
            _nextPeers = Math.Max(_nextPeers, Math.Max(mount.Peers ?? 0, mount.Master ?? 0) + 1);
        }
    }

    /// <summary>As the kernel does: the id of a mount that is gone is given again.</summary>
    private int TakeId()
    {
        if (_freeIds.Count == 0)
            return _nextId++;
        int id = _freeIds.Min;
        _freeIds.Remove(id);
        return id;
    }

    private void Remove(MemoryMount mount)
    {
        _mounts.Remove(mount);
        _freeIds.Add(mount.Id);
    }

    private MemoryMount? Find(ulong namespaceId, MountFingerprint fingerprint) =>
        fingerprint.FindIn(LoadMounts(namespaceId)) is { } entry ? _mounts.Find(mount => mount.NamespaceId == namespaceId && mount.Id == entry.MountId) : null;

    private MemoryMount? Resolve(BytePath path) =>
        LoadMounts(0).Resolve(path) is { } entry ? _mounts.Find(mount => mount.NamespaceId == 0 && mount.Id == entry.MountId) : null;

    private MemoryMount? ParentOf(MemoryMount mount) => _mounts.Find(candidate => candidate.NamespaceId == mount.NamespaceId && candidate.Id == mount.ParentId);

    private IEnumerable<MemoryMount> ChildrenOf(MemoryMount mount) => _mounts.Where(candidate => candidate != mount && candidate.NamespaceId == mount.NamespaceId && candidate.ParentId == mount.Id);

    /// <summary>The other mounts that hear of what happens on a mount: its peers, and what receives from them, directly or not.</summary>
    private List<MemoryMount> ReceiversOf(MemoryMount mount)
    {
        List<MemoryMount> receivers = [];
        if (mount.Peers is not { } first)
            return receivers;
        HashSet<int> seen = [];
        Stack<int> groups = new([first]);
        while (groups.TryPop(out int group))
        {
            if (!seen.Add(group))
                continue;
            foreach (MemoryMount other in _mounts)
            {
                if (other == mount || receivers.Contains(other) || (other.Peers != group && other.Master != group))
                    continue;
                receivers.Add(other);
                if (other.Peers is { } next)
                    groups.Push(next);
            }
        }

        return receivers;
    }
}
