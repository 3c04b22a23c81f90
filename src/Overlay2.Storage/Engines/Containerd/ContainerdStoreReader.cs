using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Reads the parts of a <see cref="ContainerdSnapshotStore"/>, all of one moment; a part that cannot be read does not stop the others.</summary>
/// <remarks>
/// containerd makes a directory before it writes the snapshot's record, and removes it after the record. So while no transaction ends,
/// every record has its directory.
/// </remarks>
internal sealed partial class ContainerdStoreReader(
    ContainerdTrees trees, ContainerdPlaces places, IReadOnlyList<StoreProblem> openProblems, StoreReadOptions options, CancellationToken cancellationToken)
{
    private const int MaxAttempts = 4;

    private const int MaxProblems = 10_000;

    private readonly List<StoreProblem> _problems = [];

    public ContainerdSnapshotStore Read()
    {
        for (int attempt = 1; ; attempt++)
        {
            _problems.Clear();
            _problems.AddRange(openProblems);
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
            Contents = ReadContents(metadata),
            KnowsRecordReferences = true,
            ReadProblems = _problems,
        };
    }

    /// <summary>The newest transactions of both databases; none for one that is not there or cannot be read.</summary>
    private (ulong? Snapshots, ulong? Metadata) ReadTransactions() =>
        (ReadTransaction(trees.DriverHome, ContainerdNames.SnapshotDatabase), ReadTransaction(trees.Root, ContainerdNames.Metadata));

    private ulong? ReadTransaction(IFileTree? tree, BytePath path)
    {
        if (tree is null || !tree.TryOpen(path, options.MaxDatabaseLength, out IByteSource? source, out _))
            return null;
        using (source)
            return BoltDatabase.TryGetTransaction(source, out ulong id, out _) ? id : null;
    }

    /// <summary>Reads a database; where there is none the answer is that of an empty one.</summary>
    /// <param name="tree">The directory it is in.</param>
    /// <param name="directory">The path of that directory on the host.</param>
    /// <param name="path">The database in it.</param>
    /// <param name="read">Takes records from the root bucket; may be called several times.</param>
    private ContainerdRecords<T> ReadDatabase<T>(IFileTree? tree, BytePath directory, BytePath path, Action<BoltBucket, ContainerdRecords<T>> read)
        where T : new()
    {
        if (tree is null)
            return new ContainerdRecords<T>(options.MaxDirectoryEntries);
        if (!tree.TryOpen(path, options.MaxDatabaseLength, out IByteSource? source, out StoreProblem? problem))
        {
            if (problem.Reason != StoreProblemReason.NotFound)
                Report(problem);
            return new ContainerdRecords<T>(options.MaxDirectoryEntries);
        }

        using (source)
        {
            if (!BoltDatabase.TryRead(source, Take, out ContainerdRecords<T>? records, out BoltError? error))
            {
                Report(error.ToProblem(directory.Combine(path)));
                return new ContainerdRecords<T>(options.MaxDirectoryEntries);
            }

            foreach ((StoreProblemReason reason, string fault) in records!.Faults)
                Report(new StoreProblem(directory.Combine(path), StoreOperation.Parse, reason, fault));
            return records;
        }

        ContainerdRecords<T> Take(BoltBucket root)
        {
            ContainerdRecords<T> records = new(options.MaxDirectoryEntries);
            read(root, records);
            return records;
        }
    }

    private void Report(StoreProblem problem)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_problems.Count < MaxProblems)
            _problems.Add(problem);
        else if (_problems.Count == MaxProblems)
            _problems.Add(new StoreProblem(places.Root, StoreOperation.Read, StoreProblemReason.TooMany, "further problems are left out"));
    }
}
