namespace Overlay2.Storage.Mounts;

/// <summary>What happened to a mount.</summary>
public enum MountChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is not there any more.</summary>
    Removed,

    /// <summary>It is on another mount, or its mount point has another path.</summary>
    Moved,

    /// <summary>Its options, those of its super block, or its propagation are others. A change of propagation alone is not
    /// announced by the kernel: it shows with the next change.</summary>
    Remounted,
}
