using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A file that an engine has open: what it reached by the path when it opened it, whatever has been mounted there since.</summary>
/// <param name="Path">Its path, as <c>/proc/PID/fd</c> shows it in the engine's mount namespace.</param>
/// <param name="MountId">The mount that it is in, as in mountinfo.</param>
/// <remarks>Immutable and thread-safe. Source: proc_pid_fd(5), statx(2).</remarks>
public sealed record SnapshotOpenFile(BytePath Path, int MountId);
