using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Stores;
using Overlay2.Storage.Stores.Files;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes the parts of a snapshot that are about the engine's root directory.</summary>
internal sealed class StoreCapture(SnapshotOptions options, EngineView view, SnapshotPart<MountTable> mounts, CancellationToken cancellationToken)
{
    private const int MostLinks = 40;

    private static readonly BytePath s_defaultDataRoot = BytePath.FromText("/var/lib/docker");
    private static readonly BytePath s_containerd = BytePath.FromText("/var/lib/containerd");
    private static readonly BytePath s_snapshots = BytePath.FromText("snapshots");

    public StoreParts Take(SnapshotPart<EngineConfigurationFiles> configuration, bool hasEngine)
    {
        if (!RootedDirectory.TryOpen(view.Root.Span, out RootedDirectory? root, out Errno error))
            return StoreParts.Failed($"{view.Root}: {error}");
        using (root)
        {
            BytePath dataRoot = Resolve(root!, FindDataRoot(configuration));
            if (!LiveFileTree.TryOpen(root!, dataRoot, out LiveFileTree? tree, out StoreProblem? problem))
                return WithoutDataRoot(root!, dataRoot, problem, isExpected: hasEngine || !options.DataRoot.IsEmpty);
            using (tree)
            {
                var store = DockerClassicStore.Read(tree, dataRoot, options.Store, cancellationToken);
                if (!SharesMounts(root!))
                    store = store.WithHome(store.Home with { MountId = null });
                return new StoreParts
                {
                    Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(store)),
                    DriverHomes = FindHomes(root!, DriverHomeFinder.Find(tree, dataRoot)),
                    FileSystems = SnapshotPart.Known(ReadFileSystems(root!, [dataRoot, store.DriverHome, s_containerd])),
                    Uppers = SnapshotPart.Known(new UpperScanner(tree, options.Store.MaxScannedEntries, cancellationToken).Scan(store, options.ScanUppers)),
                };
            }
        }
    }

    private BytePath FindDataRoot(SnapshotPart<EngineConfigurationFiles> configuration)
    {
        if (!options.DataRoot.IsEmpty)
            return options.DataRoot;
        if (!configuration.TryGet(out EngineConfigurationFiles? files))
            return s_defaultDataRoot;
        var configured = new BytePath(EngineConfiguration.Resolve(files).DataRoot.Value);
        return configured.IsAbsolute ? configured : s_defaultDataRoot;
    }

    /// <summary>A host without an engine has no store; where one is expected, its absence is a problem of the store.</summary>
    private static StoreParts WithoutDataRoot(RootedDirectory root, BytePath dataRoot, StoreProblem problem, bool isExpected)
    {
        bool isMissing = problem.Reason == StoreProblemReason.NotFound;
        var store = new DockerClassicStore
        {
            DataRoot = dataRoot,
            Home = new DriverHomeStatus { Type = isMissing ? StoreEntryType.Missing : StoreEntryType.Unknown },
            ReadProblems = [problem],
        };
        ImmutableArray<ILayerStore> stores = isMissing && !isExpected ? [] : [store];
        return new StoreParts
        {
            Stores = SnapshotPart.Known(stores),
            DriverHomes = isMissing ? FindHomes(root, SnapshotPart.Known(ImmutableArray<BytePath>.Empty)) : SnapshotPart.Failed<ImmutableArray<BytePath>>(problem.ToString()),
            FileSystems = SnapshotPart.Known(ReadFileSystems(root, [s_containerd])),
            Uppers = isMissing ? SnapshotPart.Known(ImmutableArray<UpperScan>.Empty) : SnapshotPart.Failed<ImmutableArray<UpperScan>>(problem.ToString()),
        };
    }

    /// <summary>Whether mount ids that files show are those of the table: in another mount namespace they are others.</summary>
    private bool SharesMounts(RootedDirectory root)
    {
        if (!mounts.TryGet(out MountTable? table) || !root.TryOpenFile(default, OpenFlags.Path, LinkRule.Refuse, out SafeFileHandle file, out _))
            return false;
        using (file)
        {
            return LibC.TryStatx(file, StatusMask.MountId, out FileStatus status, out _) && (status.Mask & StatusMask.MountId) != 0
                && table.TryGet((int)status.MountId, out _);
        }
    }

    private static SnapshotPart<ImmutableArray<BytePath>> FindHomes(RootedDirectory root, SnapshotPart<ImmutableArray<BytePath>> drivers)
    {
        if (!drivers.TryGet(out ImmutableArray<BytePath> homes) || !LiveFileTree.TryOpen(root, s_containerd, out LiveFileTree? tree, out _))
            return drivers;
        using (tree)
        {
            tree.TryList(default, maxEntries: 1024, out IReadOnlyList<FileTreeEntry> entries, out _);
            foreach (FileTreeEntry entry in entries.Where(entry => entry.Name.Span.StartsWith("io.containerd.snapshotter.v1."u8)))
            {
                var name = new BytePath(entry.Name);
                tree.TryList(name.Combine(s_snapshots), maxEntries: 1, out IReadOnlyList<FileTreeEntry> snapshots, out _);
                if (snapshots.Count > 0)
                    homes = homes.Add(s_containerd.Combine(name));
            }
        }

        return SnapshotPart.Known(homes);
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
                EntryTypes = DirectoryEntryTypes.Look(directory),
            });
        }

        return fileSystems.ToImmutable();
    }

    /// <summary>The path without symbolic links, as the mount table has it; the path itself where it cannot be walked.</summary>
    private static BytePath Resolve(RootedDirectory root, BytePath path)
    {
        BytePath resolved = BytePath.Root;
        var names = new Stack<ByteString>();
        Push(names, path);
        int links = 0;
        while (names.TryPop(out ByteString name))
        {
            if (name.Span.SequenceEqual(".."u8))
            {
                if (resolved.TryGetParent(out BytePath parent))
                    resolved = parent;
                continue;
            }

            BytePath next = resolved.Combine(new BytePath(name));
            bool isOpen = root.TryOpenFile(next.Span, OpenFlags.Path | OpenFlags.NoFollow, LinkRule.FollowInside, out SafeFileHandle opened, out _);
            using SafeFileHandle file = opened;
            if (!isOpen || !LibC.TryReadLink(file, default, out byte[] target, out _))
            {
                resolved = next;
                continue;
            }

            if (++links > MostLinks)
                return path;
            var link = new BytePath(target);
            if (link.IsAbsolute)
                resolved = BytePath.Root;
            Push(names, link);
        }

        return resolved;
    }

    private static void Push(Stack<ByteString> names, BytePath path)
    {
        List<ByteString> components = [];
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (!component.SequenceEqual("."u8))
                components.Add(new ByteString(component));
        }

        for (int i = components.Count - 1; i >= 0; i--)
            names.Push(components[i]);
    }
}
