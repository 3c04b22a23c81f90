using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>A model of one file system that holds layers: names, attributes, data and free space, as its mounter sees them.</summary>
/// <remarks>
/// The methods do what the file system does once the caller's permission is settled. Inode numbers are never reused.
/// Blocks are 4096 bytes. Not thread-safe; all state is journaled.
/// </remarks>
internal sealed partial class BackingFileSystem : Journaled<BackingFileSystem.Counters>
{
    /// <summary>The size of a file system without a stated limit, 64 GiB.</summary>
    private const long PlainBlocks = 1L << 24;

    private readonly SimulationClock _clock;
    private readonly JournaledMap<ulong, BackingInode> _inodes;

    /// <summary>The objects on disk that are in memory.</summary>
    private readonly Dictionary<ulong, BackingInode> _loaded = [];

    /// <param name="kind">Whose rules hold.</param>
    /// <param name="uuid">The 16 bytes that file handles of overlayfs carry.</param>
    /// <param name="blockLimit">The number of blocks, or <see langword="null"/> for no limit.</param>
    /// <param name="clock">Where the time comes from.</param>
    /// <param name="journal">The undo log of the world.</param>
    public BackingFileSystem(SimulatedFileSystemKind kind, ReadOnlySpan<byte> uuid, long? blockLimit, SimulationClock clock, Journal journal)
        : base(journal)
    {
        Kind = kind;
        SharesBlocks = kind == SimulatedFileSystemKind.Xfs;
        Uuid = uuid.ToArray();
        IsLimited = blockLimit is not null;
        long blocks = blockLimit ?? PlainBlocks;
        _state = new Counters { NextInode = 11, FreeBlocks = blocks, LeastFreeBlocks = blocks };
        _clock = clock;
        _inodes = new JournaledMap<ulong, BackingInode>(journal);
    }

    public SimulatedFileSystemKind Kind { get; }

    public ReadOnlyMemory<byte> Uuid { get; }

    public bool IsLimited { get; }

    public long FreeBlocks => _state.FreeBlocks;

    /// <summary>The fewest blocks that were ever free.</summary>
    public long LeastFreeBlocks => _state.LeastFreeBlocks;

    /// <summary>Whether objects here can have user.* attributes.</summary>
    public bool HoldsUserAttributes { get; init; } = true;

    /// <summary>Whether that holds for sockets too.</summary>
    public bool SocketsHoldUserAttributes { get; init; }

    /// <summary>Whether allocating space past the end leaves the modification time alone.</summary>
    public bool AllocationKeepsTime { get; init; }

    /// <summary>Whether a copy of a whole file shares its blocks (FICLONE).</summary>
    public bool SharesBlocks { get; init; }

    /// <summary>The number before that of the next new object.</summary>
    public ulong LastNumber { get => _state.NextInode; init => _state.NextInode = value; }

    /// <summary>Whether SEEK_DATA shows space that was allocated but not written.</summary>
    private bool ShowsUnwritten => Kind != SimulatedFileSystemKind.Tmpfs;

    /// <summary>What the rules of mounting need to know.</summary>
    public LayerFileSystem Describe(ulong id) => new()
    {
        Id = id,
        Type = Kind switch
        {
            SimulatedFileSystemKind.Ext4 => "ext4",
            SimulatedFileSystemKind.Xfs => "xfs",
            _ => "tmpfs",
        },
        HasUserXattr = HoldsUserAttributes,
    };

    /// <summary>Makes an object without a name and without links (O_TMPFILE, or the root of a tree).</summary>
    public BackingInode NewInode(FileType type, int mode, uint uid, uint gid, DeviceNumber device = default, ByteString linkTarget = default)
    {
        long now = _clock.Now;
        var inode = new BackingInode(this, _journal, ++Edit().NextInode, type)
        {
            Device = device,
            LinkTarget = linkTarget,
            Mode = type == FileType.SymbolicLink ? Permissions.Access : mode & Permissions.All,
            Uid = uid,
            Gid = gid,
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
            Size = linkTarget.Length,
        };
        _inodes.Set(inode.Number, inode);
        return inode;
    }

    /// <summary>Makes the root of a tree.</summary>
    public BackingInode NewRoot()
    {
        BackingInode root = NewInode(FileType.Directory, 0x1ED, 0, 0);
        root.LinkCount = 2;
        return root;
    }

    public BackingInode? FindInode(ulong number) =>
        _inodes.TryGetValue(number, out BackingInode? inode) || _loaded.TryGetValue(number, out inode) ? inode : null;

    /// <summary>Brings an object on disk into memory; one that is there already, under another name, is the same object.</summary>
    public BackingInode Load(ISourceObject source)
    {
        SourceStatus status = source.ReadStatus();
        ref BackingInode? known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_loaded, status.InodeNumber, out _);
        return known ??= new BackingInode(this, _journal, status, source);
    }

    /// <summary>Forgets what a directory on disk holds, to free memory. Only where nothing below it was changed.</summary>
    public void ForgetEntries(BackingInode directory)
    {
        foreach (BackingInode child in directory.Children!.Known)
        {
            // Another name of a hard link may still be in memory, and must stay the same object.
            if (child.IsDirectory || child.LinkCount == 1)
                _loaded.Remove(child.Number);
        }

        directory.Children.Forget();
    }

    /// <summary>Keeps an object alive.</summary>
    public static void Pin(BackingInode inode) => inode.Pins++;

    /// <summary>Takes a pin back; an object without names and pins goes away with its blocks.</summary>
    public static void Unpin(BackingInode inode)
    {
        inode.Pins--;
        inode.FileSystem.ReleaseIfUnused(inode);
    }

    private void ReleaseIfUnused(BackingInode inode)
    {
        if (inode.LinkCount > 0 || inode.Pins > 0)
            return;
        _inodes.Remove(inode.Number);
        if (inode.IsRegular && !inode.Content.IsShared)
            AddFreeBlocks(inode.Content.PageCount);
    }

    private void AddFreeBlocks(long count)
    {
        if (count == 0)
            return;
        ref Counters counters = ref Edit();
        counters.FreeBlocks += count;
        counters.LeastFreeBlocks = Math.Min(counters.LeastFreeBlocks, counters.FreeBlocks);
    }

    internal struct Counters
    {
        public ulong NextInode;
        public long FreeBlocks;
        public long LeastFreeBlocks;
    }
}
