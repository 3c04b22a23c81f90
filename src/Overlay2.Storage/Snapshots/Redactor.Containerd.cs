using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.Snapshots;

internal sealed partial class Redactor
{
    private ContainerdSnapshotStore Store(ContainerdSnapshotStore store) => new()
    {
        DataRoot = Path(store.DataRoot),
        DriverHome = Path(store.DriverHome),
        StateDirectory = Path(store.StateDirectory),
        Home = store.Home,
        Quarantine = Quarantine(store.Quarantine),
        Layers = [.. store.Layers.Select(layer => layer with { Id = Name(layer.Id), Directory = Path(layer.Directory) }).OrderBy(layer => layer.Id)],
        OtherEntries = Names(store.OtherEntries),
        Snapshots = [.. store.Snapshots.Select(snapshot => snapshot with { Key = Text(snapshot.Key), Parent = Text(snapshot.Parent) }).OrderBy(snapshot => snapshot.Key)],
        SnapshotsChangedAt = store.SnapshotsChangedAt,
        Namespaces = Names(store.Namespaces),
        SnapshotNames = [.. store.SnapshotNames.Select(name => new ContainerdSnapshotName(Name(name.Namespace), name.Snapshotter, Text(name.Name), Text(name.Key), Text(name.Parent)))],
        Containers = [.. store.Containers.Select(Container)],
        Images = [.. store.Images.Select(image => new ContainerdImage(Name(image.Namespace), Text(image.Name), Text(image.Digest)))],
        Leases = [.. store.Leases.Select(lease => lease with { Namespace = Name(lease.Namespace), Id = Text(lease.Id), SnapshotNames = [.. lease.SnapshotNames.Select(Text)], ContentDigests = [.. lease.ContentDigests.Select(Text)] })],
        Tasks = [.. store.Tasks.Select(task => task with { Namespace = Name(task.Namespace), ContainerId = Name(task.ContainerId), Directory = Path(task.Directory) })],
        Contents = [.. store.Contents.Select(content => content with { Digest = Text(content.Digest) }).OrderBy(content => content.Digest)],
        Sandboxes = [.. store.Sandboxes.Select(sandbox => new ContainerdSandbox(Name(sandbox.Namespace), Name(sandbox.Id)))],
        KnowsRecordReferences = store.KnowsRecordReferences,
        ReadProblems = [.. store.ReadProblems.Select(Problem)],
    };

    private ContainerdContainer Container(ContainerdContainer container) => container with
    {
        Namespace = Name(container.Namespace),
        Id = Name(container.Id),
        Image = Text(container.Image),
        SnapshotName = Text(container.SnapshotName),
    };
}
