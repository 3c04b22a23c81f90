using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>The references between the records of a <see cref="ContainerdSnapshotStore"/>: those of both databases, of the directories and of the tasks.</summary>
internal sealed class ContainerdRecordReferences
{
    private readonly ContainerdSnapshotStore _store;
    private readonly ContainerdIndex _index;
    private readonly RecordReferenceList _list;
    private readonly UnreadParts _unread;
    private readonly BytePath _metadata;
    private readonly BytePath _snapshots;
    private readonly BytePath _directories;
    private readonly bool _isMetadataUnread;
    private readonly bool _areSnapshotsUnread;
    private readonly HashSet<(ByteString Namespace, ByteString Name)> _images;
    private readonly HashSet<(ByteString Namespace, ByteString Id)> _sandboxes;
    private readonly Dictionary<ByteString, ContainerdContent> _contents;

    public ContainerdRecordReferences(ContainerdSnapshotStore store, ContainerdIndex index, RecordReferenceList list)
    {
        _store = store;
        _index = index;
        _list = list;
        _unread = new UnreadParts(store.ReadProblems);
        _metadata = store.MetadataPath;
        _snapshots = store.DriverHome.Combine(ContainerdNames.SnapshotDatabase);
        _directories = store.DriverHome.Combine(ContainerdNames.Snapshots);
        _isMetadataUnread = _unread.Hold(_metadata);
        _areSnapshotsUnread = _unread.Hold(_snapshots);
        _images = [.. store.Images.Select(image => (image.Namespace, image.Name))];
        _sandboxes = [.. store.Sandboxes.Select(sandbox => (sandbox.Namespace, sandbox.Id))];
        _contents = store.Contents.FirstByKey(content => content.Digest);
        AddImages();
        AddContainers();
        AddLeases();
        AddTasks();
        AddSnapshotNames();
        AddSnapshots();
    }

    public IReadOnlyList<RecordReference> All => _list.All;

    private void AddImages()
    {
        foreach (ContainerdImage image in _store.Images)
        {
            _list.Add(
                In(image.Namespace, RecordKind.Image, image.Name), _metadata, new RecordIdentity(RecordKind.Content, image.Digest),
                image.Digest.IsEmpty ? RecordOutcome.Dangling(RecordReferenceReason.EmptyRecord) : FindContent(image.Digest));
        }
    }

    private void AddContainers()
    {
        foreach (ContainerdContainer container in _store.Containers)
        {
            RecordIdentity from = In(container.Namespace, RecordKind.Container, container.Id);
            _list.AddUnlessEmpty(from, _metadata, In(container.Namespace, RecordKind.Image, container.Image), FindInMetadata(_images.Contains((container.Namespace, container.Image))));

            // Without a snapshotter its client looks after the root file system itself; of other snapshotters nothing is read.
            if (container.SnapshotName.IsEmpty || container.Snapshotter.IsEmpty)
                continue;
            _list.Add(
                from, _metadata, In(container.Namespace, RecordKind.SnapshotName, container.SnapshotName),
                container.Snapshotter == ContainerdNames.Overlayfs ? FindName(container.Namespace, container.SnapshotName) : RecordOutcome.NotKnown(RecordReferenceReason.NotRead));
        }
    }

    private void AddLeases()
    {
        foreach (ContainerdLease lease in _store.Leases)
        {
            RecordIdentity from = In(lease.Namespace, RecordKind.Lease, lease.Id);
            foreach (ByteString name in lease.SnapshotNames)
                _list.Add(from, _metadata, In(lease.Namespace, RecordKind.SnapshotName, name), FindName(lease.Namespace, name));
            foreach (ByteString digest in lease.ContentDigests)
                _list.Add(from, _metadata, new RecordIdentity(RecordKind.Content, digest), FindContent(digest));
            if (!_store.KnowsRecordReferences)
                _list.Add(from, _metadata, new RecordIdentity(RecordKind.Content, default), RecordOutcome.NotKnown(RecordReferenceReason.NotRead));
        }
    }

    private void AddTasks()
    {
        foreach (ContainerdTask task in _store.Tasks)
        {
            RecordOutcome outcome = FindInMetadata(_index.Containers.ContainsKey((task.Namespace, task.ContainerId)));

            // A sandbox has a task too, and need not have a container.
            if (outcome.Resolution == RecordResolution.Dangling && (!_store.KnowsRecordReferences || _sandboxes.Contains((task.Namespace, task.ContainerId))))
                outcome = RecordOutcome.NotKnown(RecordReferenceReason.NotRead);
            _list.Add(In(task.Namespace, RecordKind.Task, task.ContainerId), task.Directory, In(task.Namespace, RecordKind.Container, task.ContainerId), outcome);
        }
    }

    private void AddSnapshotNames()
    {
        foreach (ContainerdSnapshotName name in _store.SnapshotNames)
        {
            RecordIdentity from = In(name.Namespace, RecordKind.SnapshotName, name.Name);
            _list.Add(
                from, _metadata, new RecordIdentity(RecordKind.Snapshot, name.Key),
                name.Key.IsEmpty ? RecordOutcome.Dangling(RecordReferenceReason.EmptyRecord) : FindSnapshot(name.Key));
            _list.AddUnlessEmpty(from, _metadata, In(name.Namespace, RecordKind.SnapshotName, name.Parent), FindName(name.Namespace, name.Parent));
        }
    }

    private void AddSnapshots()
    {
        HashSet<ByteString> others = [.. _store.OtherEntries];
        foreach (ContainerdSnapshot snapshot in _store.Snapshots)
        {
            var from = new RecordIdentity(RecordKind.Snapshot, snapshot.Key);
            _list.AddUnlessEmpty(from, _snapshots, new RecordIdentity(RecordKind.Snapshot, snapshot.Parent), FindSnapshot(snapshot.Parent));
            ByteString id = snapshot.LayerId;

            // What is not read as a snapshot's directory can be a link to one, which the engine would follow.
            _list.Add(
                from, _snapshots, new RecordIdentity(RecordKind.Layer, id),
                _store.TryGetLayer(id, out _) ? RecordOutcome.Resolved
                : others.Contains(id) ? RecordOutcome.NotKnown(RecordReferenceReason.NotRead)
                : RecordOutcome.Absent(_unread.Hold(_directories.Combine(new BytePath(id))), RecordReferenceReason.NoSuchDirectory));
        }
    }

    private RecordOutcome FindName(ByteString containerdNamespace, ByteString name) => FindInMetadata(_index.Names.ContainsKey((containerdNamespace, name)));

    private RecordOutcome FindInMetadata(bool isFound) => isFound ? RecordOutcome.Resolved : RecordOutcome.Absent(_isMetadataUnread, RecordReferenceReason.NoSuchRecord);

    private RecordOutcome FindSnapshot(ByteString key) =>
        _index.Snapshots.ContainsKey(key) ? RecordOutcome.Resolved : RecordOutcome.Absent(_areSnapshotsUnread, RecordReferenceReason.NoSuchRecord);

    private RecordOutcome FindContent(ByteString digest)
    {
        if (!ContainerdDigest.TryGetBlob(digest, ContainerdNames.BlobsOf(_store.DataRoot, _store.DriverHome), out BytePath blob))
            return RecordOutcome.Dangling(RecordReferenceReason.MalformedRecord);
        return _contents.GetValueOrDefault(digest)?.State switch
        {
            ContainerdContentState.Present => RecordOutcome.Resolved,
            ContainerdContentState.Missing => RecordOutcome.Absent(_unread.Hold(_store.DataRoot.Combine(blob)), RecordReferenceReason.NoSuchEntry),
            _ => _store.KnowsRecordReferences ? RecordOutcome.Unreadable : RecordOutcome.NotKnown(RecordReferenceReason.NotRead),
        };
    }

    private static RecordIdentity In(ByteString containerdNamespace, RecordKind kind, ByteString id) => new(kind, id) { Namespace = containerdNamespace };
}
