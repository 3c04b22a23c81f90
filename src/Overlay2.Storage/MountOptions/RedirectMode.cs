namespace Overlay2.Storage.MountOptions;

/// <summary>What a mount does with redirects of renamed directories.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs, section on renaming directories.</remarks>
public enum RedirectMode
{
    /// <summary>Redirects are neither made nor followed.</summary>
    NoFollow,

    /// <summary>Redirects are followed, none are made.</summary>
    Follow,

    /// <summary>Redirects are made and followed.</summary>
    On,
}
