using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation;

/// <summary>What a recursive operation would copy up; while it is being counted, what it copies so far.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public record TreeCount
{
    /// <summary>The objects that the operation changes.</summary>
    public long Objects { get; init; }

    /// <summary>Those of them that are in the upper layer already.</summary>
    public long InUpper { get; init; }

    /// <summary>The files that are copied up with their data.</summary>
    public long Files { get; init; }

    /// <summary>The directories that are copied up.</summary>
    public long Directories { get; init; }

    /// <summary>The objects that are copied up without data: links, devices, and files of a mount with metacopy.</summary>
    public long WithoutData { get; init; }

    /// <summary>The hard links that are broken: each of these names becomes a file of its own.</summary>
    public long BrokenLinks { get; init; }

    /// <summary>The names on which the operation would fail for another reason than room, such as damaged marks; they are not counted otherwise.</summary>
    public long Failing { get; init; }

    /// <summary>The bytes of data that are read and written.</summary>
    public long CopyUpBytes { get; init; }

    /// <summary>The bytes of data blocks that the upper file system must find room for.</summary>
    public long SpaceNeeded { get; init; }

    /// <summary>The inodes that the upper file system must find.</summary>
    public long InodesNeeded { get; init; }

    /// <summary>OK, EROFS on a read-only mount, ENOENT if nothing is there; of a live overlay ENOSPC if the upper file system has less room than is needed.</summary>
    public LinuxError Error { get; init; }
}
