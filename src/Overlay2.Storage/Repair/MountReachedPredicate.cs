namespace Overlay2.Storage.Repair;

/// <summary>A path to its mount point leads to a mount: nothing hides it.</summary>
/// <param name="Mount">The mount.</param>
public sealed record MountReachedPredicate(MountFingerprint Mount) : RepairPredicate
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }
}
