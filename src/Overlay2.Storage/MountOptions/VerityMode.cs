namespace Overlay2.Storage.MountOptions;

/// <summary>How digests of metacopy files are checked.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs, section on fs-verity support.</remarks>
public enum VerityMode
{
    /// <summary>They are neither made nor checked.</summary>
    Off,

    /// <summary>They are made where the lower file has one, and checked where they are.</summary>
    On,

    /// <summary>As On, and a metacopy file without digest is refused.</summary>
    Require,
}
