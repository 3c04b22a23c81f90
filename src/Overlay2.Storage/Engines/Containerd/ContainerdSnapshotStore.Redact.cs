using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines.Containerd;

// What may be shown of a store: a member that is not listed here is not in a redacted one.
public sealed partial record ContainerdSnapshotStore
{
    ILayerStore ILayerStore.Redact(Redactor redactor) => new ContainerdSnapshotStore
    {
        DataRoot = redactor.Path(DataRoot),
        DriverHome = redactor.Path(DriverHome),
        StateDirectory = redactor.Path(StateDirectory),
        Home = Redactor.Home(Home),
        Quarantine = redactor.Quarantine(Quarantine),
        Layers = [.. Layers.Select(layer => Redact(layer, redactor)).OrderBy(layer => layer.Id)],
        OtherEntries = redactor.Names(OtherEntries),
        Snapshots = [.. Snapshots.Select(snapshot => Redact(snapshot, redactor)).OrderBy(snapshot => snapshot.Key)],
        SnapshotsChangedAt = SnapshotsChangedAt,
        Namespaces = redactor.Names(Namespaces),
        SnapshotNames = [.. SnapshotNames.Select(name => Redact(name, redactor))],
        Containers = [.. Containers.Select(container => Redact(container, redactor))],
        Images = [.. Images.Select(image => new ContainerdImage(redactor.Name(image.Namespace), redactor.Text(image.Name), redactor.Text(image.Digest)))],
        Leases = [.. Leases.Select(lease => Redact(lease, redactor))],
        Tasks = [.. Tasks.Select(task => Redact(task, redactor))],
        Contents = [.. Contents.Select(content => new ContainerdContent(redactor.Text(content.Digest), content.State)).OrderBy(content => content.Digest)],
        Sandboxes = [.. Sandboxes.Select(sandbox => new ContainerdSandbox(redactor.Name(sandbox.Namespace), redactor.Name(sandbox.Id)))],
        MetadataDatabase = MetadataDatabase,
        ContentRecords =
        [
            .. ContentRecords.Select(record => new ContainerdContentRecord(redactor.Name(record.Namespace), redactor.Text(record.Digest))
            {
                Contents = [.. record.Contents.Select(redactor.Text)], SnapshotNames = [.. record.SnapshotNames.Select(redactor.Text)], IsRoot = record.IsRoot,
            }),
        ],
        HeldSnapshots = HeldSnapshots is null ? null : [.. HeldSnapshots.Select(held => new ContainerdHeldSnapshot(redactor.Name(held.Namespace), redactor.Text(held.Name)))],
        UnreadParts = [.. UnreadParts.Select(_ => Redactor.LeftOut)],
        KnowsRecordReferences = KnowsRecordReferences,
        ReadProblems = [.. ReadProblems.Select(redactor.Problem)],
    };

    private static ContainerdLayer Redact(ContainerdLayer layer, Redactor redactor) => new()
    {
        Id = redactor.Name(layer.Id),
        Directory = redactor.Path(layer.Directory),
        Diff = layer.Diff,
        Work = layer.Work,
        IsCommitted = layer.IsCommitted,
        WorkContent = Redactor.Work(layer.WorkContent),
        ModifiedAt = layer.ModifiedAt,
        Inode = layer.Inode,
    };

    private static ContainerdSnapshot Redact(ContainerdSnapshot snapshot, Redactor redactor) => new()
    {
        Key = redactor.Text(snapshot.Key),
        Id = snapshot.Id,
        Kind = snapshot.Kind,
        Parent = redactor.Text(snapshot.Parent),
        Inodes = snapshot.Inodes,
        Size = snapshot.Size,
        CreatedAt = snapshot.CreatedAt,
        UpdatedAt = snapshot.UpdatedAt,
    };

    private static ContainerdSnapshotName Redact(ContainerdSnapshotName name, Redactor redactor) =>
        new(redactor.Name(name.Namespace), redactor.Name(name.Snapshotter), redactor.Text(name.Name), redactor.Text(name.Key), redactor.Text(name.Parent));

    private static ContainerdContainer Redact(ContainerdContainer container, Redactor redactor) => new(redactor.Name(container.Namespace), redactor.Name(container.Id))
    {
        Image = redactor.Text(container.Image),
        Snapshotter = redactor.Name(container.Snapshotter),
        SnapshotName = redactor.Text(container.SnapshotName),
        CreatedAt = container.CreatedAt,
    };

    private static ContainerdLease Redact(ContainerdLease lease, Redactor redactor) => new(redactor.Name(lease.Namespace), redactor.Text(lease.Id))
    {
        SnapshotNames = [.. lease.SnapshotNames.Select(redactor.Text)],
        ContentDigests = [.. lease.ContentDigests.Select(redactor.Text)],
        CreatedAt = lease.CreatedAt,
    };

    private static ContainerdTask Redact(ContainerdTask task, Redactor redactor) => new(redactor.Name(task.Namespace), redactor.Name(task.ContainerId), redactor.Path(task.Directory))
    {
        ProcessId = task.ProcessId,
    };
}
