using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>A place for mounts is there; see <see cref="MakePlaceAction"/>.</summary>
/// <param name="Place">The directory.</param>
public sealed record PlacePredicate(BytePath Place) : RepairPredicate;
