namespace Overlay2.Storage.Engines;

/// <summary>Why a part of a store could not be read.</summary>
public enum StoreProblemReason
{
    /// <summary>There is nothing of that name.</summary>
    NotFound,

    /// <summary>The process may not read it (EACCES, EPERM).</summary>
    AccessDenied,

    /// <summary>A symbolic link where an engine makes none; it was not followed.</summary>
    SymbolicLink,

    /// <summary>A file of another type than expected: a fifo, a device, a directory for a file.</summary>
    WrongType,

    /// <summary>More bytes than such a file can have.</summary>
    TooLarge,

    /// <summary>More entries than the limit of <see cref="StoreReadOptions"/>; those up to the limit were read.</summary>
    TooMany,

    /// <summary>A content that is not of the expected form.</summary>
    Malformed,

    /// <summary>It changed again and again while it was read.</summary>
    Changed,

    /// <summary>The source does not hold it, for instance a recorded tree without the content of large files.</summary>
    NotRecorded,

    /// <summary>Any other error of the kernel.</summary>
    InputOutput,
}
