namespace Overlay2.Storage.Simulation;

/// <summary>The flags of open(2) that matter to an overlay; without <see cref="WriteOnly"/> and <see cref="ReadWrite"/> the file is opened for reading.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>For reading.</summary>
    ReadOnly = 0,

    /// <summary>For writing.</summary>
    WriteOnly = 1,

    /// <summary>For both.</summary>
    ReadWrite = 2,

    /// <summary>O_CREAT.</summary>
    Create = 4,

    /// <summary>O_EXCL.</summary>
    Exclusive = 8,

    /// <summary>O_TRUNC.</summary>
    Truncate = 0x10,

    /// <summary>O_APPEND.</summary>
    Append = 0x20,

    /// <summary>O_DIRECTORY.</summary>
    Directory = 0x40,

    /// <summary>O_NOFOLLOW.</summary>
    NoFollow = 0x80,

    /// <summary>O_PATH.</summary>
    PathOnly = 0x100,

    /// <summary>O_TMPFILE.</summary>
    TemporaryFile = 0x200,

    /// <summary>O_NOATIME.</summary>
    NoAccessTime = 0x400,
}
