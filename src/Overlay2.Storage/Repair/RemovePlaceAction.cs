using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Takes away what <see cref="MakePlaceAction"/> made; refused while anything is mounted there.</summary>
/// <param name="Place">The directory.</param>
public sealed record RemovePlaceAction(BytePath Place) : RepairAction;
