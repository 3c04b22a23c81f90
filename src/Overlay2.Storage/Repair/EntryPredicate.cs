namespace Overlay2.Storage.Repair;

/// <summary>This, and nothing else, is at a place of a store.</summary>
/// <param name="Place">The place.</param>
/// <param name="State">What is there.</param>
public sealed record EntryPredicate(StorePlace Place, EntryState State) : RepairPredicate;
