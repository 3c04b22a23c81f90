using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Moves a mount, with those on it, to another place.</summary>
/// <param name="Mount">The mount.</param>
/// <param name="Target">Where to; a directory.</param>
/// <param name="On">The mount that the target is on; <see langword="null"/> for a directory in a place of <see cref="MakePlaceAction"/>, which is made.</param>
public sealed record MoveMountAction(MountFingerprint Mount, BytePath Target, MountFingerprint? On = null) : RepairAction;
