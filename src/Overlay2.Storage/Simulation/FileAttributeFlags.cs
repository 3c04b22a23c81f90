namespace Overlay2.Storage.Simulation;

/// <summary>The file flags of chattr(1) that overlayfs knows; values are those of FS_IOC_GETFLAGS.</summary>
[Flags]
public enum FileAttributeFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary><c>S</c>: changes are written synchronously.</summary>
    Sync = 0x8,

    /// <summary><c>i</c>: immutable.</summary>
    Immutable = 0x10,

    /// <summary><c>a</c>: append only.</summary>
    Append = 0x20,

    /// <summary><c>d</c>: no dump.</summary>
    NoDump = 0x40,

    /// <summary><c>A</c>: no access time.</summary>
    NoAccessTime = 0x80,
}
