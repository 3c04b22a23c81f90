namespace Overlay2.Storage.Repair;

/// <summary>Nothing is mounted on a mount.</summary>
/// <param name="Mount">The mount.</param>
public sealed record NoChildrenPredicate(MountFingerprint Mount) : RepairPredicate
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }
}
