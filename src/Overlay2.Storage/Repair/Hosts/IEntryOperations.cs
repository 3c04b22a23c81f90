namespace Overlay2.Storage.Repair.Hosts;

/// <summary>Files, links and directories of a machine's stores.</summary>
/// <remarks>What acts says what it expects, and acts on that or on nothing: what was put in its place meanwhile is an error.</remarks>
internal interface IEntryOperations
{
    /// <summary>From now on, what is made beside a place has a name with this mark, and what was left there is known by it.</summary>
    /// <param name="mark">Letters and digits.</param>
    void NameSpares(string mark)
    {
    }

    /// <summary>What is at a place of a store; nothing also where the directory that it would be in is not there.</summary>
    /// <param name="place">The place.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    EntryState ReadEntry(StorePlace place);

    /// <summary>Which entry is at a place of a store.</summary>
    /// <param name="place">The place.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    EntryIdentity IdentifyEntry(StorePlace place);

    /// <summary>Puts an entry in the place of another, whole or not at all.</summary>
    /// <param name="place">The place.</param>
    /// <param name="from">What is there; anything else is an error.</param>
    /// <param name="to">What is there afterwards.</param>
    /// <param name="like">Whose mode, owner and attributes something new gets.</param>
    HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like);

    /// <summary>Removes what a <see cref="ReplaceEntry"/> that a crash ended left beside the place.</summary>
    /// <param name="place">The place.</param>
    HostResult ClearLeftOver(StorePlace place);

    /// <summary>Moves an entry within its file system; what has the new name already is never replaced.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it is afterwards.</param>
    /// <param name="identity">Which entry is meant.</param>
    /// <param name="synchronize">Whether everything written goes to disk first.</param>
    HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize);

    /// <summary>Removes an entry with everything in it, following no link and entering no mount.</summary>
    /// <param name="place">The entry.</param>
    /// <param name="identity">Which entry is meant.</param>
    HostResult PurgeEntry(StorePlace place, EntryIdentity identity);

    /// <summary>Whether a file or directory has an attribute.</summary>
    /// <param name="place">The place.</param>
    /// <param name="attribute">The attribute.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    bool HasAttribute(StorePlace place, EntryAttribute attribute);

    /// <summary>Sets or clears an attribute of one file or directory, and changes nothing else.</summary>
    /// <param name="place">The place.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="isSet">Whether it is set afterwards.</param>
    HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet);
}
