using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

// The snapshotter's database and directories.
internal sealed partial class ContainerdStoreReader
{
    private const int MaxOtherEntries = 64;

    private List<ContainerdSnapshot> ReadSnapshots() =>
        ReadRecords<List<ContainerdSnapshot>>(trees.DriverHome, places.DriverHome, ContainerdNames.SnapshotDatabase, TakeSnapshots);

    private void TakeSnapshots(BoltBucket root, ContainerdRecords<List<ContainerdSnapshot>> records)
    {
        if (!root.TryGetBucket("v1"u8, out BoltBucket? version) || !version.TryGetBucket("snapshots"u8, out BoltBucket? snapshots))
            return;
        foreach (BoltEntry entry in snapshots.Entries())
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (!records.CanTake())
                return;
            if (entry.Bucket is { } record && TryTakeSnapshot(new ByteString(entry.Key.Span), record, out ContainerdSnapshot? snapshot))
                records.Value.Add(snapshot!);
            else
                records.AddFault(string.Create(CultureInfo.InvariantCulture, $"the snapshot {new ByteString(entry.Key.Span)} has no number, or no kind that is known"));
        }
    }

    private static bool TryTakeSnapshot(ByteString key, BoltBucket record, out ContainerdSnapshot? snapshot)
    {
        ulong? id = null;
        byte kind = 0;
        snapshot = new ContainerdSnapshot { Key = key, Id = 0, Kind = 0 };
        foreach (BoltEntry member in record.Entries())
        {
            ReadOnlySpan<byte> name = member.Key.Span;
            ReadOnlySpan<byte> value = member.Value.Span;
            if (name.SequenceEqual("id"u8))
                id = ContainerdValue.TryReadUnsigned(value, out ulong number) ? number : null;
            else if (name.SequenceEqual("kind"u8))
                kind = value.Length == 1 ? value[0] : (byte)0;
            else if (name.SequenceEqual("parent"u8))
                snapshot = snapshot with { Parent = new ByteString(value) };
            else if (name.SequenceEqual("inodes"u8))
                snapshot = snapshot with { Inodes = ContainerdValue.TryReadSigned(value, out long inodes) ? inodes : null };
            else if (name.SequenceEqual("size"u8))
                snapshot = snapshot with { Size = ContainerdValue.TryReadSigned(value, out long size) ? size : null };
            else if (name.SequenceEqual("createdat"u8))
                snapshot = snapshot with { CreatedAt = TimeOf(value) };
            else if (name.SequenceEqual("updatedat"u8))
                snapshot = snapshot with { UpdatedAt = TimeOf(value) };
        }

        bool isKnown = id is not null && (ContainerdSnapshotKind)kind is ContainerdSnapshotKind.View or ContainerdSnapshotKind.Active or ContainerdSnapshotKind.Committed;
        snapshot = isKnown ? snapshot with { Id = id!.Value, Kind = (ContainerdSnapshotKind)kind } : null;
        return isKnown;
    }

    private static DateTimeOffset? TimeOf(ReadOnlySpan<byte> value) => ContainerdValue.TryReadTime(value, out DateTimeOffset time) ? time : null;

    private DriverHomeStatus ReadHomeStatus()
    {
        if (trees.DriverHome is not { } home)
            return new DriverHomeStatus { Type = openProblems.Any(problem => problem.Path == places.DriverHome) ? StoreEntryType.Unknown : StoreEntryType.Missing };
        if (!home.TryGetStatus(default, out FileTreeStatus status, out StoreProblem? problem))
        {
            Report(problem);
            return new DriverHomeStatus { Type = StoreEntryType.Unknown };
        }

        return DriverHomeStatus.Of(status, Options.KnowsMountIds);
    }

    private StoreQuarantine ReadQuarantine() => trees.Beside is null
        ? StoreQuarantine.None
        : QuarantineReader.Read(trees.Beside, new BytePath(StoreQuarantine.DirectoryOf(places.DriverHome).FileName), Options.MaxDirectoryEntries, Report);

    private (List<ContainerdLayer> Layers, List<ByteString> Others) ReadLayers(List<ContainerdSnapshot> snapshots)
    {
        List<ContainerdLayer> layers = [];
        List<ByteString> others = [];
        if (trees.DriverHome is not { } home)
            return (layers, others);
        IReadOnlyList<FileTreeEntry> entries = List(home, ContainerdNames.Snapshots);
        HashSet<ByteString> committed = [.. snapshots.Where(snapshot => snapshot.Kind == ContainerdSnapshotKind.Committed).Select(snapshot => snapshot.LayerId)];
        foreach (FileTreeEntry entry in entries)
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (entry.Type == StoreEntryType.Directory && ContainerdNames.IsLayerId(entry.Name.Span))
                layers.Add(ReadLayer(home, entry.Name, committed.Contains(entry.Name)));
            else if (others.Count < MaxOtherEntries)
                others.Add(entry.Name);
        }

        return (layers, others);
    }

    private ContainerdLayer ReadLayer(IFileTree home, ByteString id, bool isCommitted)
    {
        BytePath directory = ContainerdNames.Snapshots.Combine(new BytePath(id));
        home.TryGetStatus(directory, out FileTreeStatus status, out _);
        var layer = new ContainerdLayer { Id = id, Directory = places.DriverHome.Combine(directory), ModifiedAt = status.ModifiedAt, Inode = status.Inode, IsCommitted = isCommitted };
        if (!home.TryList(directory, Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem))
        {
            // It can go while its parent directory is listed.
            ReportUnlessMissing(problem);
            return layer with { Diff = StoreEntryType.Unknown, Work = StoreEntryType.Unknown };
        }

        foreach (FileTreeEntry entry in entries)
        {
            if (entry.Name == ContainerdNames.Files.Bytes)
                layer = layer with { Diff = entry.Type };
            else if (entry.Name == ContainerdNames.Work.Bytes)
                layer = layer with { Work = entry.Type };
        }

        // Nothing mounts a finished snapshot as upper any more.
        return layer.Work == StoreEntryType.Directory && !isCommitted
            ? layer with { WorkContent = WorkDirectoryReader.Read(home, directory.Combine(ContainerdNames.Work), Options.MaxScannedEntries, Report) }
            : layer;
    }
}
