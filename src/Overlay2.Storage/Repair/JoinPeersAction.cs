namespace Overlay2.Storage.Repair;

/// <summary>Makes a private mount a peer of the mount that it is on (move_mount(2), Linux 5.15).</summary>
/// <param name="Mount">The mount.</param>
public sealed record JoinPeersAction(MountFingerprint Mount) : RepairAction;
