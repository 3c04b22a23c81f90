namespace Overlay2.Storage.Engines;

/// <summary>What a store's reader was doing when it met a <see cref="StoreProblem"/>.</summary>
public enum StoreOperation
{
    /// <summary>Opening a file or directory.</summary>
    Open,

    /// <summary>Reading a file's content.</summary>
    Read,

    /// <summary>Listing a directory.</summary>
    List,

    /// <summary>Reading where a symbolic link leads.</summary>
    ReadLink,

    /// <summary>Reading size, times and attributes of a file.</summary>
    Status,

    /// <summary>Making sense of a content that was read.</summary>
    Parse,
}
