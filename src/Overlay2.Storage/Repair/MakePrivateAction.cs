namespace Overlay2.Storage.Repair;

/// <summary>Makes a mount private: what is mounted or unmounted below it stays there.</summary>
/// <param name="Mount">The mount.</param>
public sealed record MakePrivateAction(MountFingerprint Mount) : RepairAction;
