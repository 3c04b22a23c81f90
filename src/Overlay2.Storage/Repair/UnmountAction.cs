namespace Overlay2.Storage.Repair;

/// <summary>Unmounts one mount, without force and never lazily: a mount that is used, or on which another one is, stays.</summary>
/// <param name="Mount">The mount.</param>
public sealed record UnmountAction(MountFingerprint Mount) : RepairAction
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }
}
