namespace Overlay2.Storage.Repair;

/// <summary>Makes a small file, a link or an empty directory of what is at a place, or takes such a thing away; whole or not at all.</summary>
/// <remarks>
/// The new entry is made under another name in the same directory, written to disk and put in place at once. It acts only on what it expects:
/// something else that was put there meanwhile stays.
/// </remarks>
/// <param name="Place">The place; its directory must be there.</param>
/// <param name="From">What is there before.</param>
/// <param name="To">What is there afterwards. A file in the place of a file keeps its mode, owner and extended attributes.</param>
public sealed record ReplaceEntryAction(StorePlace Place, EntryState From, EntryState To) : RepairAction
{
    /// <summary>
    /// Whose mode, owner and extended attributes a new file or directory gets; a place of the same store. Without one a file gets mode 0644, a directory
    /// 0700, and both the owner of the directory that they are in.
    /// </summary>
    public StorePlace? Like { get; init; }
}
