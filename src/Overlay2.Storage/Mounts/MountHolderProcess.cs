using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>One process of a <see cref="MountHolder"/>.</summary>
/// <param name="ProcessId">The process id.</param>
/// <param name="Name">The name of its program, as /proc/[pid]/comm has it; empty if the process ended meanwhile.</param>
/// <param name="ContainerId">The id of its container, 64 hexadecimal digits, as the path of its cgroup has it; empty if it shows none.</param>
public sealed record MountHolderProcess(int ProcessId, ByteString Name, string ContainerId)
{
    /// <summary>The id of the mount that its root directory is in, where that is not the one that its namespace's table shows on <c>/</c>, or not known to be; otherwise <see langword="null"/>.</summary>
    public int? RootMountId { get; init; }
}
