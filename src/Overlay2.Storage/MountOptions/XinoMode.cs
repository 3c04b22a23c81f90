namespace Overlay2.Storage.MountOptions;

/// <summary>How inode numbers of several file systems are put into one space.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs, section on inode properties.</remarks>
public enum XinoMode
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary>They are where every file system allows it.</summary>
    Auto,

    /// <summary>They are; a number that does not fit keeps the device of its file system.</summary>
    On,
}
