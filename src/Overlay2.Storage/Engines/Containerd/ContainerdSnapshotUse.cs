using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Which snapshots an image, container, lease or label keeps, as containerd's garbage collection goes through its records. Linear in the records.</summary>
internal sealed class ContainerdSnapshotUse
{
    private readonly ContainerdSnapshotStore _store;
    private readonly HashSet<ByteString> _keys = [];

    public ContainerdSnapshotUse(ContainerdSnapshotStore store, ContainerdIndex index)
    {
        _store = store;
        foreach ((ByteString space, ByteString name) in Names(store))
        {
            if (index.Names.TryGetValue((space, name), out ContainerdSnapshotName? found))
                AddWithParents(found.Key);
        }
    }

    /// <summary>The snapshots that nothing keeps, in the order of their keys.</summary>
    public IReadOnlyList<ContainerdSnapshot> FindUnused() => [.. _store.Snapshots.Where(snapshot => !_keys.Contains(snapshot.Key))];

    private static IEnumerable<(ByteString Namespace, ByteString Name)> Names(ContainerdSnapshotStore store) =>
    [
        .. store.Containers.Where(container => container.Snapshotter == ContainerdNames.Overlayfs).Select(container => (container.Namespace, container.SnapshotName)),
        .. store.Leases.SelectMany(lease => lease.SnapshotNames.Select(name => (lease.Namespace, name))),
        .. (store.HeldSnapshots ?? []).Select(held => (held.Namespace, held.Name)),
        .. Contents(store).SelectMany(record => record.SnapshotNames.Select(name => (record.Namespace, name))),
    ];

    /// <summary>The records of the blobs that images, leases and labels lead to.</summary>
    private static List<ContainerdContentRecord> Contents(ContainerdSnapshotStore store)
    {
        Dictionary<(ByteString, ByteString), ContainerdContentRecord> records = store.ContentRecords.FirstByKey(record => (record.Namespace, record.Digest));
        Stack<(ByteString Namespace, ByteString Digest)> pending = new(
        [
            .. store.Images.Select(image => (image.Namespace, image.Digest)),
            .. store.Leases.SelectMany(lease => lease.ContentDigests.Select(digest => (lease.Namespace, digest))),
            .. store.ContentRecords.Where(record => record.IsRoot).Select(record => (record.Namespace, record.Digest)),
        ]);
        List<ContainerdContentRecord> reached = [];
        while (pending.TryPop(out (ByteString Namespace, ByteString Digest) next))
        {
            if (!records.Remove(next, out ContainerdContentRecord? record))
                continue;
            reached.Add(record);
            foreach (ByteString below in record.Contents)
                pending.Push((next.Namespace, below));
        }

        return reached;
    }

    private void AddWithParents(ByteString key)
    {
        while (!key.IsEmpty && _keys.Add(key))
            key = _store.TryGetSnapshot(key, out ContainerdSnapshot? snapshot) ? snapshot.Parent : default;
    }
}
