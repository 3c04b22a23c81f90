using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>A process, and the mounts that it sees.</summary>
/// <param name="Process">The process.</param>
/// <param name="Mounts">The table of its mount namespace; not known, with the reason, where the snapshot does not hold it.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ProcessMounts(SnapshotProcess Process, SnapshotPart<MountTable> Mounts);
