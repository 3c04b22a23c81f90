namespace Overlay2.Storage.Snapshots;

/// <summary>What a look for a store at one place found.</summary>
public enum StorePlaceOutcome
{
    /// <summary>A store: it is in <see cref="StorageSnapshot.Stores"/>.</summary>
    Found,

    /// <summary>No directory, or an empty one that a package made.</summary>
    NothingThere,

    /// <summary>Something that could not be opened.</summary>
    Unreadable,
}
