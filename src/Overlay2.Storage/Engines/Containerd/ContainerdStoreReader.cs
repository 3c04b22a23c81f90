using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.Reading;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Reads the parts of a <see cref="ContainerdSnapshotStore"/>, all of one moment; a part that cannot be read does not stop the others.</summary>
/// <remarks>
/// containerd makes a directory before it writes the snapshot's record, and removes it after the record. So while no transaction ends,
/// every record has its directory.
/// </remarks>
internal sealed partial class ContainerdStoreReader(
    ContainerdTrees trees, ContainerdPlaces places, IReadOnlyList<StoreProblem> openProblems, StoreReadOptions options, CancellationToken cancellationToken)
    : StoreReader(places.Root, options, cancellationToken)
{
    private const int MaxAttempts = 4;

    public ContainerdSnapshotStore Read()
    {
        for (int attempt = 1; ; attempt++)
        {
            Problems.Clear();
            Problems.AddRange(openProblems);
            (ulong? Snapshots, ulong? Metadata) before = ReadTransactions();
            ContainerdSnapshotStore store = ReadParts();
            if (before == ReadTransactions())
                return store;
            if (attempt < MaxAttempts)
                continue;

            Report(new StoreProblem(
                places.DriverHome.Combine(ContainerdNames.Snapshots), StoreOperation.List, StoreProblemReason.Changed, $"containerd wrote to its databases during each of {MaxAttempts} attempts to read them"));
            return store;
        }
    }

    private ContainerdSnapshotStore ReadParts()
    {
        List<ContainerdSnapshot> snapshots = ReadSnapshots();
        ContainerdMetadata metadata = ReadMetadata();
        (List<ContainerdLayer> layers, List<ByteString> others) = ReadLayers(snapshots);
        DateTimeOffset? changedAt = trees.DriverHome is { } home && home.TryGetStatus(ContainerdNames.SnapshotDatabase, out FileTreeStatus status, out _) ? status.ModifiedAt : null;
        return new ContainerdSnapshotStore
        {
            DataRoot = places.Root,
            DriverHome = places.DriverHome,
            StateDirectory = places.State,
            Home = ReadHomeStatus(),
            Quarantine = ReadQuarantine(),
            Layers = layers,
            OtherEntries = others,
            Snapshots = snapshots,
            SnapshotsChangedAt = changedAt,
            Namespaces = metadata.Namespaces,
            SnapshotNames = metadata.SnapshotNames,
            Containers = metadata.Containers,
            Images = metadata.Images,
            Leases = metadata.Leases,
            Tasks = ReadTasks(),
            Sandboxes = metadata.Sandboxes,
            MetadataDatabase = TypeOfMetadata(),
            ContentRecords = metadata.ContentRecords,
            HeldSnapshots = metadata.HeldSnapshots,
            UnreadParts = ReadUnreadParts(),
            Contents = ReadContents(metadata),
            KnowsRecordReferences = true,
            ReadProblems = Problems,
        };
    }

    /// <summary>The other snapshotters that have something, and the mount manager of containerd 2.2.</summary>
    private List<string> ReadUnreadParts()
    {
        List<string> parts = [];
        if (trees.Root is not { } root || !root.TryList(default, Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out _))
            return parts;
        foreach (FileTreeEntry entry in entries.Where(entry => entry.Type == StoreEntryType.Directory).OrderBy(entry => entry.Name))
        {
            ReadOnlySpan<byte> name = entry.Name.Span;
            bool isSnapshotter = name.StartsWith(ContainerdNames.SnapshotterPrefix) && entry.Name != places.DriverHome.FileName && !name[ContainerdNames.SnapshotterPrefix.Length..].SequenceEqual("overlayfs"u8);
            if (isSnapshotter && root.TryList(new BytePath(entry.Name).Combine(ContainerdNames.Snapshots), Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> snapshots, out _) && snapshots.Count > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{snapshots.Count} snapshots of the snapshotter {new ByteString(name[ContainerdNames.SnapshotterPrefix.Length..])}"));
            else if (name.SequenceEqual(ContainerdNames.MountManager))
                parts.Add("the records of the mount manager");
        }

        return parts;
    }

    private StoreEntryType TypeOfMetadata() =>
        trees.Root is not { } root ? StoreEntryType.Unknown
        : root.TryGetStatus(places.Metadata, out FileTreeStatus status, out StoreProblem? problem) ? status.Type
        : problem.Reason == StoreProblemReason.NotFound ? StoreEntryType.Missing
        : StoreEntryType.Unknown;

    /// <summary>The newest transactions of both databases; none for one that is not there or cannot be read.</summary>
    private (ulong? Snapshots, ulong? Metadata) ReadTransactions() =>
        (ReadTransaction(trees.DriverHome, ContainerdNames.SnapshotDatabase), ReadTransaction(trees.Root, places.Metadata));

    private ulong? ReadTransaction(IFileTree? tree, BytePath path)
    {
        if (tree is null || !tree.TryOpen(path, Options.MaxDatabaseLength, out IByteSource? source, out _))
            return null;
        using (source)
            return BoltDatabase.TryGetTransaction(source, out ulong id, out _) ? id : null;
    }

    /// <summary>Reads a database's records, see <see cref="StoreReader.ReadDatabase"/>; where there are none the answer is that of an empty one.</summary>
    private T ReadRecords<T>(IFileTree? tree, BytePath directory, BytePath path, Action<BoltBucket, ContainerdRecords<T>> read)
        where T : new()
    {
        ContainerdRecords<T>? records = tree is null ? null : ReadDatabase(tree, directory, path, Take);
        foreach ((StoreProblemReason reason, string fault) in records?.Faults ?? [])
            Report(new StoreProblem(directory.Combine(path), StoreOperation.Parse, reason, fault));
        return records is null ? new T() : records.Value;

        ContainerdRecords<T> Take(BoltBucket root)
        {
            ContainerdRecords<T> taken = new(Options.MaxDirectoryEntries);
            read(root, taken);
            return taken;
        }
    }
}
