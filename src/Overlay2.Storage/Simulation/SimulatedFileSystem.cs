using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>A file system that holds layers of a simulation. Two layers on one file system name the same object.</summary>
/// <remarks>Immutable, thread-safe; equal by reference.</remarks>
public sealed class SimulatedFileSystem
{
    /// <summary>A file system.</summary>
    /// <param name="kind">Whose rules hold.</param>
    /// <param name="blockLimit">How many blocks of 4096 bytes it has; <see langword="null"/> for more than a simulation needs (64 GiB).</param>
    public SimulatedFileSystem(SimulatedFileSystemKind kind, long? blockLimit = null)
    {
        Kind = kind;
        BlockLimit = blockLimit;
        SharesBlocks = kind == SimulatedFileSystemKind.Xfs;
    }

    /// <summary>Whose rules hold.</summary>
    public SimulatedFileSystemKind Kind { get; }

    /// <summary>How many blocks of 4096 bytes it has; <see langword="null"/> for more than a simulation needs (64 GiB).</summary>
    public long? BlockLimit { get; }

    /// <summary>Whether a copy of a whole file shares its blocks (FICLONE); if not given, as the kind does.</summary>
    public bool SharesBlocks { get; init; }

    /// <summary>The UUID that file handles of overlayfs carry, 16 bytes. If not given, that of the origin on the root of the first of its
    /// layers, or zeros, for layers outside the simulator; for others one is made up.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public ByteString? Uuid
    {
        get;
        init
        {
            if (value is { Length: not 16 })
                throw new ArgumentException("A UUID has 16 bytes.", nameof(value));
            field = value;
        }
    }

    /// <summary>The inode number before that of the next new object: above those of all objects of layers outside the simulator.</summary>
    public ulong LastInodeNumber { get; init; } = 11;
}
