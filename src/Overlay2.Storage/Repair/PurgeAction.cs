namespace Overlay2.Storage.Repair;

/// <summary>Removes an entry of a store's quarantine, with everything that is in it. Nothing undoes that.</summary>
/// <remarks>No link is followed, and no mount entered. A removal that ended half way can be done again: the entry itself goes last.</remarks>
/// <param name="Place">The entry, one name below the directory that is called as the driver home with <c>-quarantine</c> behind.</param>
/// <param name="Identity">How it is known again: its type, its inode and its time of change. A resumed step does without the time, which its first try changed.</param>
public sealed record PurgeAction(StorePlace Place, EntryIdentity Identity) : RepairAction;
