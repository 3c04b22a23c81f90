using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>What an object outside the simulator is, as far as stat(2) and readlink(2) tell.</summary>
public readonly record struct SourceStatus
{
    /// <summary>st_ino.</summary>
    public ulong InodeNumber { get; init; }

    /// <summary>The type.</summary>
    public FileType Type { get; init; }

    /// <summary>The permission bits with set-user-ID, set-group-ID and sticky (07777).</summary>
    public int Mode { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The group.</summary>
    public uint Gid { get; init; }

    /// <summary>The link count.</summary>
    public int LinkCount { get; init; }

    /// <summary>The size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The access time, nanoseconds since the epoch.</summary>
    public long AccessTime { get; init; }

    /// <summary>The modification time, nanoseconds since the epoch.</summary>
    public long ModificationTime { get; init; }

    /// <summary>The time of the last change of the inode, nanoseconds since the epoch.</summary>
    public long ChangeTime { get; init; }

    /// <summary>The file flags.</summary>
    public FileAttributeFlags Flags { get; init; }

    /// <summary>The number of a device node; else 0:0.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>What a symbolic link says.</summary>
    public ByteString LinkTarget { get; init; }
}
