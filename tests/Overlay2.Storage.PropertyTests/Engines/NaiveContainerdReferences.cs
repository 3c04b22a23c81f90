using System.Text.RegularExpressions;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed partial class NaiveContainerdReferences(ContainerdSnapshotStore store) : NaiveRecordReferences(store, store.OtherEntries)
{
    private string Metadata => Root + "/io.containerd.metadata.v1.bolt/meta.db";

    private string Snapshots => Home + "/metadata.db";

    protected override void Follow()
    {
        foreach (ContainerdImage image in store.Images)
            Say(RecordKind.Image, T(image.Name), Metadata, RecordKind.Content, T(image.Digest), image.Digest.IsEmpty ? No("EmptyRecord") : BlobThere(T(image.Digest)), T(image.Namespace));
        foreach (ContainerdContainer container in store.Containers)
        {
            string space = T(container.Namespace);
            if (!container.Image.IsEmpty)
            {
                bool isThere = store.Images.Any(image => T(image.Namespace) == space && T(image.Name) == T(container.Image));
                Say(RecordKind.Container, T(container.Id), Metadata, RecordKind.Image, T(container.Image), isThere ? Yes : Gone(IsUnread(Metadata), "NoSuchRecord"), space, space);
            }

            if (container.SnapshotName.IsEmpty || container.Snapshotter.IsEmpty)
                continue;
            string answer = T(container.Snapshotter) == "overlayfs" ? NameThere(space, T(container.SnapshotName)) : Perhaps("NotRead");
            Say(RecordKind.Container, T(container.Id), Metadata, RecordKind.SnapshotName, T(container.SnapshotName), answer, space, space);
        }

        foreach (ContainerdLease lease in store.Leases)
        {
            string space = T(lease.Namespace);
            foreach (ByteString name in lease.SnapshotNames)
                Say(RecordKind.Lease, T(lease.Id), Metadata, RecordKind.SnapshotName, T(name), NameThere(space, T(name)), space, space);
            foreach (ByteString digest in lease.ContentDigests)
                Say(RecordKind.Lease, T(lease.Id), Metadata, RecordKind.Content, T(digest), BlobThere(T(digest)), space);
            if (!store.KnowsRecordReferences)
                Say(RecordKind.Lease, T(lease.Id), Metadata, RecordKind.Content, "", Perhaps("NotRead"), space);
        }

        foreach (ContainerdTask task in store.Tasks)
        {
            string space = T(task.Namespace);
            string answer = TaskOf(space, T(task.ContainerId));
            Say(RecordKind.Task, T(task.ContainerId), T(task.Directory), RecordKind.Container, T(task.ContainerId), answer, space, space);
        }

        foreach (ContainerdSnapshotName name in store.SnapshotNames)
        {
            string space = T(name.Namespace);
            Say(RecordKind.SnapshotName, T(name.Name), Metadata, RecordKind.Snapshot, T(name.Key), name.Key.IsEmpty ? No("EmptyRecord") : SnapshotThere(T(name.Key)), space);
            if (!name.Parent.IsEmpty)
                Say(RecordKind.SnapshotName, T(name.Name), Metadata, RecordKind.SnapshotName, T(name.Parent), NameThere(space, T(name.Parent)), space, space);
        }

        foreach (ContainerdSnapshot snapshot in store.Snapshots)
        {
            if (!snapshot.Parent.IsEmpty)
                Say(RecordKind.Snapshot, T(snapshot.Key), Snapshots, RecordKind.Snapshot, T(snapshot.Parent), SnapshotThere(T(snapshot.Parent)));
            string number = $"{snapshot.Id}";
            string missing = store.OtherEntries.Any(other => T(other) == number) ? Perhaps("NotRead") : Gone(IsUnread($"{Home}/snapshots/{number}"), "NoSuchDirectory");
            Say(RecordKind.Snapshot, T(snapshot.Key), Snapshots, RecordKind.Layer, number, store.Layers.Any(layer => T(layer.Id) == number) ? Yes : missing);
        }
    }

    private string TaskOf(string space, string id)
    {
        if (store.Containers.Any(container => T(container.Namespace) == space && T(container.Id) == id))
            return Yes;
        if (IsUnread(Metadata))
            return Perhaps("Unreadable");
        bool canBeSandbox = !store.KnowsRecordReferences || store.Sandboxes.Any(sandbox => T(sandbox.Namespace) == space && T(sandbox.Id) == id);
        return canBeSandbox ? Perhaps("NotRead") : No("NoSuchRecord");
    }

    private string NameThere(string space, string name) =>
        store.SnapshotNames.Any(other => T(other.Namespace) == space && T(other.Name) == name) ? Yes : Gone(IsUnread(Metadata), "NoSuchRecord");

    private string SnapshotThere(string key) => store.Snapshots.Any(snapshot => T(snapshot.Key) == key) ? Yes : Gone(IsUnread(Snapshots), "NoSuchRecord");

    private string BlobThere(string digest)
    {
        if (!Digest().IsMatch(digest))
            return No("MalformedRecord");
        ContainerdContent? found = store.Contents.FirstOrDefault(content => T(content.Digest) == digest);
        if (found is { State: ContainerdContentState.Present })
            return Yes;
        if (found is { State: ContainerdContentState.Missing })
            return Gone(IsUnread($"{Root}/io.containerd.content.v1.content/blobs/{digest.Replace(':', '/')}"), "NoSuchEntry");
        return Perhaps(store.KnowsRecordReferences ? "Unreadable" : "NotRead");
    }

    [GeneratedRegex("^[a-z0-9]{1,32}:[0-9a-f]{32,128}\\z")]
    private static partial Regex Digest();
}
