namespace Overlay2.Storage.Repair;

/// <summary>A mount is private.</summary>
/// <param name="Mount">The mount.</param>
public sealed record MountPrivatePredicate(MountFingerprint Mount) : RepairPredicate;
