using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>What stat(2) tells about an object of the overlay.</summary>
public sealed record FileStatus
{
    /// <summary>st_dev. Equal for objects that the overlay shows on one device; the numbers themselves are made up by the simulation.</summary>
    public required DeviceNumber ContainingDevice { get; init; }

    /// <summary>st_ino. One number on one <see cref="ContainingDevice"/> is one object; real numbers are kept where the kernel keeps them,
    /// with xino the place of the file system is in the high bits, and a directory of a mount over several file systems has one of its own.</summary>
    public required ulong InodeNumber { get; init; }

    /// <summary>The type.</summary>
    public required FileType Type { get; init; }

    /// <summary>The permission bits with set-user-ID, set-group-ID and sticky (07777).</summary>
    public required int Mode { get; init; }

    /// <summary>The owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>The group.</summary>
    public required uint Gid { get; init; }

    /// <summary>The link count; 1 for every directory that merges several layers.</summary>
    public required int LinkCount { get; init; }

    /// <summary>The size in bytes; of directories and devices it says nothing.</summary>
    public required long Size { get; init; }

    /// <summary>The device number of a device node; else 0:0.</summary>
    public required DeviceNumber Device { get; init; }

    /// <summary>The access time, nanoseconds since the epoch.</summary>
    public required long AccessTime { get; init; }

    /// <summary>The modification time, nanoseconds since the epoch.</summary>
    public required long ModificationTime { get; init; }

    internal InodeIdentity Identity { get; init; }
}
