using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Repair;

/// <summary>A captured machine in memory, on which a plan runs as on the real one: so it tells beforehand how the mounts will be.</summary>
/// <remarks>
/// Mounts, unmounts and moves spread between peers and to slaves, across mount namespaces, as mount_namespaces(7) describes. What is open or in use
/// is not known, so an unmount that the real machine refuses with EBUSY succeeds here. Not thread-safe.
/// </remarks>
public sealed partial class MemoryHost : IHostOperations
{
    private readonly StorageSnapshot _snapshot;
    private readonly List<MemoryMount> _mounts = [];
    private bool _isStoreUncovered;
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
        if (snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
        {
            foreach (SnapshotNamespace other in namespaces)
            {
                if (other.Mounts.TryGet(out MountTable? mounts))
                    Add(other.Id, mounts);
            }
        }
    }

    /// <inheritdoc/>
    public Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken)
    {
        StorageSnapshot now = _snapshot with { Mounts = SnapshotPart.Known(LoadMounts(0)) };
        if (_snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
        {
            now = now with
            {
                OtherNamespaces = SnapshotPart.Known(namespaces.Select(other => other.Mounts.IsKnown ? other with { Mounts = SnapshotPart.Known(LoadMounts(other.Id)) } : other).ToImmutableArray()),
            };
        }

        const string Unseen = "what is below the cover is seen only when the cover is really gone";
        return Task.FromResult(_isStoreUncovered ? now with { Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(Unseen) } : now);
    }

    /// <inheritdoc/>
    public MountTable LoadMounts(ulong namespaceId)
    {
        int index = 0;
        return MountTable.FromEntries([.. _mounts.Where(mount => mount.NamespaceId == namespaceId).Select(mount => mount.ToEntry(index++))]);
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
