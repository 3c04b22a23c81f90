namespace Overlay2.Storage.Layers;

/// <summary>The operations that can be predicted.</summary>
public enum OverlayOperationKind
{
    /// <summary>Open for reading and read the first byte.</summary>
    Read,

    /// <summary>Open for appending and write.</summary>
    Append,

    /// <summary>Open for writing and write at the start.</summary>
    Write,

    /// <summary>Open with O_TRUNC, as the shell's <c>&gt; file</c> does.</summary>
    Empty,

    /// <summary>truncate(2).</summary>
    Truncate,

    /// <summary>open(2) with O_CREAT and O_EXCL.</summary>
    Create,

    /// <summary>mkdir(2).</summary>
    MakeDirectory,

    /// <summary>unlink(2).</summary>
    Unlink,

    /// <summary>rmdir(2).</summary>
    RemoveDirectory,

    /// <summary>rename(2).</summary>
    Rename,

    /// <summary>link(2): another name.</summary>
    HardLink,

    /// <summary>symlink(2).</summary>
    SymbolicLink,

    /// <summary>chmod(2).</summary>
    ChangeMode,

    /// <summary>lchown(2).</summary>
    ChangeOwner,

    /// <summary>As touch(1): the times become now; a file that is not there is made.</summary>
    Touch,

    /// <summary>setxattr(2).</summary>
    SetAttribute,

    /// <summary>removexattr(2).</summary>
    RemoveAttribute,
}
