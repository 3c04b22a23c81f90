using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes the parts of a snapshot that are about stores.</summary>
internal sealed class StoreCapture(SnapshotOptions options, EngineView view, SnapshotPart<MountTable> mounts, CancellationToken cancellationToken)
{
    private static readonly BytePath s_containerd = BytePath.FromText("/var/lib/containerd");
    private static readonly BytePath s_snapshots = BytePath.FromText("snapshots");

    public StoreParts Take(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        if (!RootedDirectory.TryOpen(view.Root.Span, out RootedDirectory? root, out Errno error))
            return StoreParts.Failed($"{view.Root}: {error}");
        using (root)
        {
            StoreReadOptions reading = options.Store with { KnowsMountIds = SharesMounts(root!) };
            StoreParts parts = StoreParts.None;

            // Docker's store comes first and is read last: what it notes of processes is then of the moment at which they are read.
            foreach ((StoreLocation location, bool isExpected) in new StoreFinder(options, root!, view, mounts).Find(configuration, hasEngine).Reverse())
                parts = TakeStore(root!, location, isExpected, reading).And(parts);
            return parts.And(StoreParts.None with
            {
                DriverHomes = SnapshotPart.Known(FindSnapshotters(root!)),
                FileSystems = SnapshotPart.Known(ReadFileSystems(root!, [s_containerd])),
            });
        }
    }

    private StoreParts TakeStore(RootedDirectory root, StoreLocation location, bool isExpected, StoreReadOptions reading)
    {
        if (!LiveFileTree.TryOpen(root, location.Root, out LiveFileTree? tree, out StoreProblem? problem))
            return WithoutRoot(location, problem, isExpected);
        using (tree)
        {
            ILayerStore store = KnownEngines.Get(location.Kind).Read(location, root, tree, reading, cancellationToken);

            // Packages make an empty root directory of containers/storage.
            if (!isExpected && store is ContainersStorageStore { Home.Type: StoreEntryType.Missing, References.Count: 0, ReadProblems.Count: 0 })
                return StoreParts.None;
            return new StoreParts
            {
                Stores = SnapshotPart.Known(ImmutableArray.Create(store)),
                DriverHomes = FindHomes(tree, store),
                FileSystems = SnapshotPart.Known(ReadFileSystems(root, [store.DataRoot, store.DriverHome])),
                Uppers = SnapshotPart.Known(store is DockerClassicStore docker
                    ? new UpperScanner(tree, options.Store.MaxScannedEntries, cancellationToken).Scan(docker, options.ScanUppers)
                    : []),
            };
        }
    }

    /// <summary>A host without an engine has no store; where one is expected, its absence is a problem of the store.</summary>
    private static StoreParts WithoutRoot(StoreLocation location, StoreProblem problem, bool isExpected)
    {
        bool isMissing = problem.Reason == StoreProblemReason.NotFound;
        if (isMissing && !isExpected)
            return StoreParts.None;
        StoreParts parts = StoreParts.None with
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create(KnownEngines.Get(location.Kind).Unread(location, isMissing ? StoreEntryType.Missing : StoreEntryType.Unknown, problem))),
        };
        return isMissing ? parts : parts with
        {
            DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>(problem.ToString()),
            Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>(problem.ToString()),
        };
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

    private static SnapshotPart<ImmutableArray<BytePath>> FindHomes(LiveFileTree tree, ILayerStore store) => store.Kind == LayerStoreKind.DockerClassic
        ? DriverHomeFinder.Find(tree, store.DataRoot)
        : SnapshotPart.Known(store.Layers.Count > 0 ? ImmutableArray.Create(store.DriverHome) : []);

    /// <summary>The snapshotters at containerd's default place that hold something.</summary>
    private static ImmutableArray<BytePath> FindSnapshotters(RootedDirectory root)
    {
        if (!LiveFileTree.TryOpen(root, s_containerd, out LiveFileTree? tree, out _))
            return [];
        using (tree)
        {
            var homes = ImmutableArray.CreateBuilder<BytePath>();
            tree.TryList(default, maxEntries: 1024, out IReadOnlyList<FileTreeEntry> entries, out _);
            foreach (FileTreeEntry entry in entries.Where(IsSnapshotter))
            {
                var name = new BytePath(entry.Name);
                tree.TryList(name.Combine(s_snapshots), maxEntries: 1, out IReadOnlyList<FileTreeEntry> snapshots, out _);
                if (snapshots.Count > 0)
                    homes.Add(s_containerd.Combine(name));
            }

            return homes.ToImmutable();
        }
    }

    private static bool IsSnapshotter(FileTreeEntry entry) =>
        entry.Name.Span.StartsWith("io.containerd.snapshotter.v1."u8) && !entry.Name.Span.EndsWith(StoreQuarantine.Suffix);

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
                EntryTypes = DirectoryEntryTypes.Look(directory),
            });
        }

        return fileSystems.ToImmutable();
    }
}
