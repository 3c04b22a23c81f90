using System.Collections.Immutable;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Another mount namespace of the host: its mounts, and the processes that keep it alive.</summary>
/// <param name="Id">The inode number that <c>/proc/PID/ns/mnt</c> shows.</param>
/// <param name="Mounts">Its mounts.</param>
/// <param name="Processes">The processes in it, ascending by id.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SnapshotNamespace(ulong Id, SnapshotPart<MountTable> Mounts, ImmutableArray<MountHolderProcess> Processes);
