using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A running process of the host.</summary>
/// <param name="ProcessId">The process id, as the engine's <c>/proc</c> shows it.</param>
/// <param name="Name">The name of its program, as <c>/proc/PID/comm</c> has it.</param>
/// <param name="ContainerId">The id of its container, 64 hexadecimal digits, as the path of its cgroup has it; empty if it shows none.</param>
/// <param name="MountNamespaceId">Its mount namespace, as <see cref="SnapshotNamespace.Id"/>; 0 if it could not be read.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SnapshotProcess(int ProcessId, ByteString Name, string ContainerId, ulong MountNamespaceId)
{
    /// <summary>Of a process that calls itself an engine: why its word does not count, beginning with <c>nested</c> or <c>not believed</c>; <see langword="null"/> if it does, and for other processes.</summary>
    public string? EngineDoubt { get; init; }

    /// <summary>Files that an engine whose word counts has open, the first of each directory; none of other processes, and before Linux 5.8.</summary>
    [AllowNull]
    public IReadOnlyList<SnapshotOpenFile> OpenFiles
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];
}
