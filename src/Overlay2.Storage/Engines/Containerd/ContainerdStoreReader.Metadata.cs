using System.Buffers.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

// containerd's own database, and the directories of tasks.
internal sealed partial class ContainerdStoreReader
{
    private const int MaxProcessIdLength = 32;

    private ContainerdMetadata ReadMetadata() => ReadDatabase<ContainerdMetadata>(trees.Root, places.Root, ContainerdNames.Metadata, TakeMetadata).Value;

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
            if (found.TryGetBucket("snapshots"u8, out BoltBucket? snapshotters) && snapshotters.TryGetBucket(ContainerdNames.Overlayfs.Span, out BoltBucket? snapshots))
                TakeAll(snapshots, records, records.Value.SnapshotNames, (id, record) => TakeName(name, id, record));
            if (found.TryGetBucket("containers"u8, out BoltBucket? containers))
                TakeAll(containers, records, records.Value.Containers, (id, record) => TakeContainer(name, id, record));
            if (found.TryGetBucket("images"u8, out BoltBucket? images))
                TakeAll(images, records, records.Value.Images, (id, record) => TakeImage(name, id, record));
            if (found.TryGetBucket("leases"u8, out BoltBucket? leases))
                TakeAll(leases, records, records.Value.Leases, (id, record) => TakeLease(name, id, record, records));
            if (found.TryGetBucket("sandboxes"u8, out BoltBucket? sandboxes))
                TakeAll(sandboxes, records, records.Value.Sandboxes, (id, _) => new ContainerdSandbox(name, id));
        }
    }

    /// <summary>One bucket for each record, named by its id.</summary>
    private void TakeAll<T>(BoltBucket bucket, ContainerdRecords<ContainerdMetadata> records, List<T> taken, Func<ByteString, BoltBucket, T> take)
    {
        foreach (BoltEntry entry in bucket.Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
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
        foreach (FileTreeEntry space in List(state, ContainerdNames.Tasks))
        {
            BytePath directory = ContainerdNames.Tasks.Combine(new BytePath(space.Name));
            if (space.Type != StoreEntryType.Directory)
                continue;
            foreach (FileTreeEntry entry in List(state, directory))
            {
                if (entry.Type == StoreEntryType.Directory && tasks.Count < options.MaxDirectoryEntries)
                    tasks.Add(ReadTask(state, directory.Combine(new BytePath(entry.Name)), space.Name, entry.Name));
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
        else if (problem.Reason != StoreProblemReason.NotFound)
            Report(problem);
        return new ContainerdTask(containerdNamespace, id, places.State.Combine(directory)) { ProcessId = processId };
    }

    private IReadOnlyList<FileTreeEntry> List(IFileTree tree, BytePath directory)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!tree.TryList(directory, options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem)
            && problem.Reason != StoreProblemReason.NotFound)
        {
            Report(problem);
        }

        return entries;
    }
}
