using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines;

/// <summary>What the driver home is: which directory of which file system a store was read from.</summary>
/// <remarks>Immutable and thread-safe. Members are <see langword="null"/> where the source does not hold them. Source: statx(2).</remarks>
public sealed record DriverHomeStatus
{
    /// <summary>What there is; a directory in a store that can be read.</summary>
    public StoreEntryType Type { get; init; }

    /// <summary>The mount that the directory was reached through, as in mountinfo.</summary>
    public ulong? MountId { get; init; }

    /// <summary>The directory's inode.</summary>
    public ulong? Inode { get; init; }

    /// <summary>The major number of the file system's device.</summary>
    public uint? DeviceMajor { get; init; }

    /// <summary>The minor number of the file system's device.</summary>
    public uint? DeviceMinor { get; init; }

    /// <summary>What was seen of a directory.</summary>
    /// <param name="status">What was seen.</param>
    /// <param name="knowsMountIds">Whether mount ids are those of the mount table that the store is looked at with.</param>
    internal static DriverHomeStatus Of(FileTreeStatus status, bool knowsMountIds) => new()
    {
        Type = status.Type,
        MountId = knowsMountIds ? status.MountId : null,
        Inode = status.Inode,
        DeviceMajor = status.Device?.Major,
        DeviceMinor = status.Device?.Minor,
    };

    /// <summary>That of a home of which nothing can be read.</summary>
    /// <param name="problem">Why; where it is that nothing is there, the home is missing too.</param>
    internal static DriverHomeStatus Unread(StoreProblem problem) => new() { Type = problem.Reason == StoreProblemReason.NotFound ? StoreEntryType.Missing : StoreEntryType.Unknown };
}
