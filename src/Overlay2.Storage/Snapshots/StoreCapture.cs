using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes the parts of a snapshot that are about stores.</summary>
internal sealed class StoreCapture(SnapshotOptions options, EngineView view, SnapshotPart<MountTable> mounts, CancellationToken cancellationToken)
{
    public StoreParts Take(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        if (!RootedDirectory.TryOpen(view.Root.Span, out RootedDirectory? root, out Errno error))
            return StoreParts.Failed($"{view.Root}: {error}");
        using (root)
        {
            StoreReadOptions reading = options.Store with { KnowsMountIds = SharesMounts(root!) };
            StoreParts parts = StoreParts.None;

            // Docker's store comes first and is read last: what it notes of processes is then of the moment at which they are read.
            foreach (FoundPlace place in new StoreFinder(options, root!, view, mounts).Find(configuration, hasEngine).Reverse())
                parts = TakeStore(root!, place, reading).And(parts);
            return parts.And(StoreParts.None with
            {
                DriverHomes = SnapshotPart.Known<ImmutableArray<BytePath>>([.. KnownEngines.All.SelectMany(engine => engine.FindUsualHomes(root!))]),
                FileSystems = SnapshotPart.Known(ReadFileSystems(root!, [.. KnownEngines.All.SelectMany(engine => engine.MeasuredDirectories)])),
            });
        }
    }

    private StoreParts TakeStore(RootedDirectory root, FoundPlace place, StoreReadOptions reading)
    {
        StorageEngine engine = KnownEngines.Get(place.Location.Kind);
        if (!LiveFileTree.TryOpen(root, place.Location.Root, out LiveFileTree? tree, out StoreProblem? problem))
            return WithoutRoot(engine, place, problem, FindOutsider(place, default));
        using (tree)
        {
            ILayerStore store = engine.Read(place.Location, root, tree, reading, cancellationToken);
            string? outsider = FindOutsider(place, store.DriverHome);
            if (!place.IsExpected && store.IsBare)
                return StoreParts.None with { Places = Searched(place, StorePlaceOutcome.NothingThere, outsider) };
            return new StoreParts
            {
                Stores = SnapshotPart.Known(ImmutableArray.Create(store)),
                Places = Searched(place, StorePlaceOutcome.Found, outsider),
                DriverHomes = StorageSnapshot.FindDriverHomes(tree, store),
                FileSystems = SnapshotPart.Known(ReadFileSystems(root, [store.DataRoot, store.DriverHome])),
                Uppers = SnapshotPart.Known(new UpperScanner(tree, options.Store.MaxScannedEntries, cancellationToken).Scan(store, options.ScanUppers)),
            };
        }
    }

    /// <summary>A host without an engine has no store; where one is expected, its absence is a problem of the store.</summary>
    private static StoreParts WithoutRoot(StorageEngine engine, FoundPlace place, StoreProblem problem, string? outsider)
    {
        bool isMissing = problem.Reason == StoreProblemReason.NotFound;
        StoreParts parts = StoreParts.None with { Places = isMissing ? Searched(place, StorePlaceOutcome.NothingThere, outsider) : Searched(place, StorePlaceOutcome.Unreadable, outsider, problem) };
        if (isMissing && !place.IsExpected)
            return parts;
        parts = parts with { Stores = SnapshotPart.Known(ImmutableArray.Create(engine.Unread(place.Location, problem))) };

        // What a user puts in the way of his own store leaves what is known of the host as it is.
        return isMissing || IsOfUser(place, outsider) ? parts : parts with
        {
            DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>(problem.ToString()),
            Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>(problem.ToString()),
        };
    }

    private static SnapshotPart<ImmutableArray<SearchedStorePlace>> Searched(FoundPlace place, StorePlaceOutcome outcome, string? outsider, StoreProblem? problem = null) =>
        SnapshotPart.Known(ImmutableArray.Create(new SearchedStorePlace(place.Location.Kind, place.Location.Root, place.Origin, outcome)
        {
            Problem = problem,
            Outsider = outsider,
            IsOfUser = IsOfUser(place, outsider),
        }));

    /// <summary>Whether nobody but a user names a place, and it is in his home directory or at least his: else he could call the host's stores his.</summary>
    private static bool IsOfUser(FoundPlace place, string? outsider) => place.Outsider is not null
        && (outsider != place.Outsider || (place.Location.Root.StartsWith(place.OutsidersHome) && !place.Location.Root.IsSamePlace(place.OutsidersHome)));

    /// <summary>Whose word a place is besides root's and the caller's; of one that is not there, whose it would be.</summary>
    private string? FindOutsider(FoundPlace place, BytePath driverHome)
    {
        foreach (BytePath path in (ReadOnlySpan<BytePath>)[place.Location.Root, driverHome])
        {
            TrustedPath.TryWalk(view.Root.Span, path.Span, out _, out _, out PathFault? fault, out _, isStickyFine: true);

            // Who has no more rights than others lends them none: a group of his own may write to his directories.
            if (fault is { } found && (found.IsOfOther || LibC.GetUserId() == 0))
                return found.ToString();
        }

        return place.Outsider;
    }

    /// <summary>Whether mount ids that files show are those of the table: in another mount namespace they are others, and one of a recorded table is the same by chance.</summary>
    private bool SharesMounts(RootedDirectory root)
    {
        if (!view.HasProcesses || !mounts.TryGet(out MountTable? table) || !root.TryOpenFile(default, OpenFlags.Path, LinkRule.Refuse, out SafeFileHandle file, out _))
            return false;
        using (file)
        {
            return LibC.TryStatx(file, StatusMask.MountId, out FileStatus status, out _) && (status.Mask & StatusMask.MountId) != 0
                && table.TryGet((int)status.MountId, out _);
        }
    }

    private static ImmutableArray<SnapshotFileSystem> ReadFileSystems(RootedDirectory root, ReadOnlySpan<BytePath> paths)
    {
        var fileSystems = ImmutableArray.CreateBuilder<SnapshotFileSystem>();
        foreach (BytePath path in paths)
        {
            bool isOpen = root.TryOpenFile(path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, LinkRule.FollowInside, out SafeFileHandle opened, out _);
            using SafeFileHandle directory = opened;
            if (!isOpen || !LibC.TryGetSpace(directory, out FileSystemStatus space, out _))
                continue;
            fileSystems.Add(new SnapshotFileSystem
            {
                Path = path,
                TotalBytes = space.Blocks * space.BlockSize,
                AvailableBytes = space.AvailableBlocks * space.BlockSize,
                TotalInodes = space.Files,
                AvailableInodes = space.FreeFiles,
                EntryTypes = DirectoryEntryTypes.Look(new DirectoryReader(directory)),
            });
        }

        return fileSystems.ToImmutable();
    }
}
