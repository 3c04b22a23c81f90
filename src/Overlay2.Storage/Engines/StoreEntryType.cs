namespace Overlay2.Storage.Engines;

/// <summary>What there is under a name in a store.</summary>
public enum StoreEntryType
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A regular file.</summary>
    RegularFile,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A character device, as whiteouts are.</summary>
    CharacterDevice,

    /// <summary>A block device, fifo or socket.</summary>
    Other,

    /// <summary>Something whose type could not be found out.</summary>
    Unknown,
}
