using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Makes a directory that is a private mount of its own, in which mounts can be kept for a while.</summary>
/// <param name="Place">The directory; its parents are made too.</param>
public sealed record MakePlaceAction(BytePath Place) : RepairAction;
