using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Moves a mount, with those on it, to another place.</summary>
/// <param name="Mount">The mount.</param>
/// <param name="Target">Where to; a directory, made if it is below a place of <see cref="MakePlaceAction"/>.</param>
public sealed record MoveMountAction(MountFingerprint Mount, BytePath Target) : RepairAction;
