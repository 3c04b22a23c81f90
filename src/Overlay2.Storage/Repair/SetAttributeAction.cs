namespace Overlay2.Storage.Repair;

/// <summary>Sets or clears an attribute of one file or directory; nothing else of it changes, and nothing in it.</summary>
/// <param name="Place">The place; no link on the way is followed.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="IsSet">Whether it is set afterwards.</param>
public sealed record SetAttributeAction(StorePlace Place, EntryAttribute Attribute, bool IsSet) : RepairAction;
