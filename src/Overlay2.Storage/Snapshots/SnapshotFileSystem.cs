using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Snapshots;

/// <summary>How much room a file system has, by a directory on it: a data root, a driver home, containerd's root.</summary>
/// <remarks>Immutable and thread-safe. Source: statvfs(3).</remarks>
public sealed record SnapshotFileSystem
{
    /// <summary>The directory that was asked for, on the host.</summary>
    public required BytePath Path { get; init; }

    /// <summary>The size in bytes.</summary>
    public ulong TotalBytes { get; init; }

    /// <summary>The bytes that an unprivileged process can still write.</summary>
    public ulong AvailableBytes { get; init; }

    /// <summary>The number of inodes; 0 where the file system has no fixed number (btrfs).</summary>
    public ulong TotalInodes { get; init; }

    /// <summary>The inodes that an unprivileged process can still take.</summary>
    public ulong AvailableInodes { get; init; }

    /// <summary>Whether directory entries have types (d_type; of xfs: ftype=1), and how that was found out.</summary>
    public FeatureEvidence EntryTypes { get; init; } = FeatureEvidence.None;
}
