using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Nothing is mounted at or below a place for mounts.</summary>
/// <param name="Place">The directory.</param>
public sealed record NoPlacePredicate(BytePath Place) : RepairPredicate;
