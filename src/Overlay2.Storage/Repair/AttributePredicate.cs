namespace Overlay2.Storage.Repair;

/// <summary>A file has an attribute, or has it not.</summary>
/// <param name="Place">The place.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="IsSet">Whether it is set.</param>
public sealed record AttributePredicate(StorePlace Place, EntryAttribute Attribute, bool IsSet) : RepairPredicate;
