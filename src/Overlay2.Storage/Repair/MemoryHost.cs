using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>A captured machine in memory, on which a plan runs as on the real one: so it tells beforehand how the mounts will be.</summary>
/// <remarks>
/// Mounts, unmounts and moves spread between peers and to slaves, across mount namespaces, as mount_namespaces(7) describes. What is open or in use
/// is not known, so an unmount that the real machine refuses with EBUSY succeeds here. Not thread-safe.
/// </remarks>
public sealed partial class MemoryHost : IHostOperations
{
    private StorageSnapshot _snapshot;
    private readonly List<MemoryMount> _mounts = [];
    private bool _isStoreUncovered;
    private readonly SortedSet<int> _freeIds = [];

    /// <summary>The tables since the last change.</summary>
    private readonly Dictionary<ulong, MountTable> _tables = [];
    private int _nextId = 1;
    private int _nextPeers = 1;

    /// <summary>Copies a captured machine.</summary>
    /// <param name="snapshot">The snapshot; its mounts must be known.</param>
    /// <exception cref="ArgumentException">The snapshot does not hold the mounts.</exception>
    public MemoryHost(StorageSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!snapshot.Mounts.TryGet(out MountTable? table))
            throw new ArgumentException($"The snapshot does not hold the mounts: {snapshot.Mounts.Reason}", nameof(snapshot));
        _snapshot = snapshot;
        Add(0, table);
        foreach ((ulong namespaceId, MountTable mounts) in OtherTables(snapshot))
            Add(namespaceId, mounts);
    }

    /// <summary>The mounts that a snapshot holds of mount namespaces beside the engine's.</summary>
    internal static IEnumerable<(ulong NamespaceId, MountTable Table)> OtherTables(StorageSnapshot snapshot) =>
        snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? namespaces.Where(other => other.Mounts.IsKnown).Select(other => (other.Id, other.Mounts.Value))
            : [];

    /// <inheritdoc/>
    public Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => Task.FromResult(Capture());

    internal StorageSnapshot Capture()
    {
        StorageSnapshot now = _snapshot with { Mounts = SnapshotPart.Known(LoadMounts(0)), Uppers = RemainingUppers() };
        if (_snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
        {
            now = now with
            {
                OtherNamespaces = SnapshotPart.Known(namespaces.Select(other => other.Mounts.IsKnown ? other with { Mounts = SnapshotPart.Known(LoadMounts(other.Id)) } : other).ToImmutableArray()),
            };
        }

        if (_stores.Count > 0 && now.Stores.TryGet(out ImmutableArray<ILayerStore> stores))
            now = now with { Stores = SnapshotPart.Known(stores.Select(store => _stores.TryGetValue(store.DataRoot, out MemoryStore? changed) ? changed.Build() : store).ToImmutableArray()) };

        const string Unseen = "what is below the cover is seen only when the cover is really gone";
        return _isStoreUncovered ? now with { Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(Unseen) } : now;
    }

    /// <inheritdoc/>
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

    /// <summary>A copy that goes its own way.</summary>
    internal MemoryHost Clone()
    {
        var copy = new MemoryHost(_snapshot);
        copy._mounts.Clear();
        copy._mounts.AddRange(_mounts.Select(mount => mount.Clone()));
        copy._freeIds.UnionWith(_freeIds);
        (copy._nextId, copy._nextPeers, copy._isStoreUncovered) = (_nextId, _nextPeers, _isStoreUncovered);
        return copy;
    }

    /// <summary>All mounts without their numbers, which are new each time: what is where, seen or not, and with whom it shares.</summary>
    internal IReadOnlyList<string> Describe()
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
            .. DescribeConfiguration(),
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
