namespace Overlay2.Storage.Repair;

/// <summary>Moves something to another place of the same file system, with all that is in it. What is at the new place already is never replaced.</summary>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it is afterwards; the directory must be there, and the name must be free.</param>
/// <param name="Identity">How it is known again.</param>
public sealed record MoveEntryAction(StorePlace From, StorePlace To, EntryIdentity Identity) : RepairAction
{
    /// <summary>Whether everything that was written to the file system goes to disk first (syncfs(2)); errors of earlier writing come out then.</summary>
    public bool Synchronize { get; init; }
}
