namespace Overlay2.Storage.MountOptions;

/// <summary>Which UUID a mount has.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs, section on UUID and fsid.</remarks>
public enum UuidMode
{
    /// <summary>What the upper has already; without upper, or on a kernel before 6.6, none.</summary>
    Auto,

    /// <summary>None of its own.</summary>
    Null,

    /// <summary>None of its own, and the UUIDs of the layers are left out of file handles.</summary>
    Off,

    /// <summary>Its own, kept on the upper root.</summary>
    On,
}
