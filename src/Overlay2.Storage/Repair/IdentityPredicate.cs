namespace Overlay2.Storage.Repair;

/// <summary>The entry meant is at a place of a store.</summary>
/// <param name="Place">The place.</param>
/// <param name="Identity">How it is known again.</param>
public sealed record IdentityPredicate(StorePlace Place, EntryIdentity Identity) : RepairPredicate;
