using System.Buffers.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

// containerd's own database, and the directories of tasks.
internal sealed partial class ContainerdStoreReader
{
    private const int MaxProcessIdLength = 32;

    private static ReadOnlySpan<byte> SnapshotLabel => "containerd.io/gc.ref.snapshot.overlayfs"u8;

    private static ReadOnlySpan<byte> RootLabel => "containerd.io/gc.root"u8;

    private ContainerdMetadata ReadMetadata() => ReadRecords<ContainerdMetadata>(trees.Root, places.Root, places.Metadata, TakeMetadata);

    private void TakeMetadata(BoltBucket root, ContainerdRecords<ContainerdMetadata> records)
    {
        if (!root.TryGetBucket("v1"u8, out BoltBucket? version))
            return;
        foreach (BoltEntry entry in version.Entries())
        {
            if (entry.Bucket is not { } found)
                continue;
            if (!records.CanTake())
                return;

            ByteString name = new(entry.Key.Span);
            records.Value.Namespaces.Add(name);
            if (found.TryGetBucket("snapshots"u8, out BoltBucket? snapshotters))
                TakeAll(snapshotters, ContainerdNames.Overlayfs.Span, records, records.Value.SnapshotNames, (id, record) => TakeName(name, id, Held(name, id, record, records)));
            TakeAll(found, "containers"u8, records, records.Value.Containers, (id, record) => TakeContainer(name, id, Held(name, default, record, records)));
            TakeAll(found, "images"u8, records, records.Value.Images, (id, record) => TakeImage(name, id, Held(name, default, record, records)));
            TakeAll(found, "leases"u8, records, records.Value.Leases, (id, record) => TakeLease(name, id, Held(name, default, record, records), records));
            if (found.TryGetBucket("content"u8, out BoltBucket? content))
                TakeAll(content, "blob"u8, records, records.Value.ContentRecords, (id, record) => TakeContent(name, id, record, records));
            TakeAll(found, "sandboxes"u8, records, records.Value.Sandboxes, (id, record) =>
            {
                Held(name, default, record, records);
                return new ContainerdSandbox(name, id);
            });
        }
    }

    /// <summary>One bucket for each record, named by its id, in a bucket that need not be there.</summary>
    private void TakeAll<T>(BoltBucket above, ReadOnlySpan<byte> bucketName, ContainerdRecords<ContainerdMetadata> records, List<T> taken, Func<ByteString, BoltBucket, T> take)
    {
        if (!above.TryGetBucket(bucketName, out BoltBucket? bucket))
            return;
        foreach (BoltEntry entry in bucket.Entries())
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (entry.Bucket is not { } record)
                continue;
            if (!records.CanTake())
                return;
            taken.Add(take(new ByteString(entry.Key.Span), record));
        }
    }

    private static ContainerdSnapshotName TakeName(ByteString containerdNamespace, ByteString name, BoltBucket record) =>
        new(containerdNamespace, ContainerdNames.Overlayfs, name, ValueOf(record, "name"u8), ValueOf(record, "parent"u8));

    private static ContainerdContainer TakeContainer(ByteString containerdNamespace, ByteString id, BoltBucket record) => new(containerdNamespace, id)
    {
        Image = ValueOf(record, "image"u8),
        Snapshotter = ValueOf(record, "snapshotter"u8),
        SnapshotName = ValueOf(record, "snapshotKey"u8),
        CreatedAt = TimeOf(ValueOf(record, "createdat"u8).Span),
    };

    private static ContainerdImage TakeImage(ByteString containerdNamespace, ByteString name, BoltBucket record) =>
        new(containerdNamespace, name, record.TryGetBucket("target"u8, out BoltBucket? target) ? ValueOf(target, "digest"u8) : default);

    private static ContainerdLease TakeLease(ByteString containerdNamespace, ByteString id, BoltBucket record, ContainerdRecords<ContainerdMetadata> records)
    {
        List<ByteString> names = [];
        List<ByteString> digests = [];
        if (record.TryGetBucket("snapshots"u8, out BoltBucket? snapshotters) && snapshotters.TryGetBucket(ContainerdNames.Overlayfs.Span, out BoltBucket? snapshots))
            TakeKeys(snapshots, records, names);
        if (record.TryGetBucket("content"u8, out BoltBucket? contents))
            TakeKeys(contents, records, digests);
        return new ContainerdLease(containerdNamespace, id) { SnapshotNames = names, ContentDigests = digests, CreatedAt = TimeOf(ValueOf(record, "createdat"u8).Span) };
    }

    private static ContainerdContentRecord TakeContent(ByteString containerdNamespace, ByteString digest, BoltBucket record, ContainerdRecords<ContainerdMetadata> records)
    {
        ReadOnlySpan<byte> contentLabel = "containerd.io/gc.ref.content"u8;
        bool isRoot = false;
        List<ByteString> contents = [];
        List<ByteString> names = [];
        if (record.TryGetBucket("labels"u8, out BoltBucket? labels))
        {
            foreach (BoltEntry label in labels.Entries())
            {
                // A label can end in a number or a name of the caller's, behind a point or a slash.
                if (label.Key.Span.StartsWith(contentLabel) && records.CanTake())
                    contents.Add(new ByteString(label.Value.Span));
                else if (IsLabel(label.Key.Span, SnapshotLabel) && records.CanTake())
                    names.Add(new ByteString(label.Value.Span));
                isRoot |= label.Key.Span.SequenceEqual(RootLabel);
            }
        }

        return new ContainerdContentRecord(containerdNamespace, digest) { Contents = contents, SnapshotNames = names, IsRoot = isRoot };
    }

    /// <summary>Notes the snapshots that the labels of a record keep: itself, if it is one, and those that it names.</summary>
    /// <returns>The record.</returns>
    private static BoltBucket Held(ByteString containerdNamespace, ByteString self, BoltBucket record, ContainerdRecords<ContainerdMetadata> records)
    {
        if (!record.TryGetBucket("labels"u8, out BoltBucket? labels))
            return record;
        foreach (BoltEntry label in labels.Entries())
        {
            ByteString held = label.Key.Span.SequenceEqual(RootLabel) ? self : IsLabel(label.Key.Span, SnapshotLabel) ? new ByteString(label.Value.Span) : default;
            if (!held.IsEmpty && records.CanTake())
                records.Value.HeldSnapshots.Add(new ContainerdHeldSnapshot(containerdNamespace, held));
        }

        return record;
    }

    private static bool IsLabel(ReadOnlySpan<byte> key, ReadOnlySpan<byte> label) => key.StartsWith(label) && (key.Length == label.Length || key[label.Length] is (byte)'.' or (byte)'/');

    private static void TakeKeys(BoltBucket bucket, ContainerdRecords<ContainerdMetadata> records, List<ByteString> taken)
    {
        foreach (BoltEntry entry in bucket.Entries())
        {
            if (!records.CanTake())
                return;
            taken.Add(new ByteString(entry.Key.Span));
        }
    }

    private static ByteString ValueOf(BoltBucket record, ReadOnlySpan<byte> name) => record.TryGetValue(name, out ReadOnlyMemory<byte> value) ? new ByteString(value.Span) : default;

    private List<ContainerdTask> ReadTasks()
    {
        List<ContainerdTask> tasks = [];
        if (trees.State is not { } state)
            return tasks;
        foreach (ByteString space in ListDirectories(state, ContainerdNames.Tasks))
        {
            BytePath directory = ContainerdNames.Tasks.Combine(new BytePath(space));
            foreach (ByteString id in ListDirectories(state, directory))
            {
                if (tasks.Count < Options.MaxDirectoryEntries)
                    tasks.Add(ReadTask(state, directory.Combine(new BytePath(id)), space, id));
            }
        }

        return tasks;
    }

    private ContainerdTask ReadTask(IFileTree state, BytePath directory, ByteString containerdNamespace, ByteString id)
    {
        BytePath file = directory.Combine(ContainerdNames.ProcessId);
        int? processId = null;
        if (state.TryRead(file, MaxProcessIdLength, out ByteString content, out StoreProblem? problem))
            processId = Utf8Parser.TryParse(content.Span, out int number, out int length) && length == content.Length && number > 0 ? number : null;
        else
            ReportUnlessMissing(problem);
        return new ContainerdTask(containerdNamespace, id, places.State.Combine(directory)) { ProcessId = processId };
    }
}
