namespace Overlay2.Storage.MountOptions;

/// <summary>What an overlay option names.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs.</remarks>
public enum OverlayOptionKind
{
    /// <summary>No directory: a flag, a mode, or an option of the system such as a security context.</summary>
    Other,

    /// <summary><c>lowerdir=</c>: read-only layers, joined by colons.</summary>
    LowerDirectories,

    /// <summary><c>lowerdir+=</c>: one read-only layer more.</summary>
    AddedLowerDirectory,

    /// <summary><c>datadir+=</c>: one data-only layer more.</summary>
    AddedDataDirectory,

    /// <summary><c>upperdir=</c>: the writable layer.</summary>
    UpperDirectory,

    /// <summary><c>workdir=</c>: the work directory of the writable layer.</summary>
    WorkDirectory,
}
