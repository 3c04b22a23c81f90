using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>A mount of a store that only another mount namespace still has.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Mount">The mount there.</param>
/// <param name="Path">Its mount point as the engine names it; that of the namespace where the engine cannot see it.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LeakedMount(SnapshotNamespace Namespace, MountEntry Mount, BytePath Path);
