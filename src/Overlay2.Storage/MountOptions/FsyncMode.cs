namespace Overlay2.Storage.MountOptions;

/// <summary>How much is synced at a copy-up.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs, section on volatile mounts; experiments on Linux 6.18.</remarks>
public enum FsyncMode
{
    /// <summary>The data of a copied-up file.</summary>
    Auto,

    /// <summary>Also attributes and directories.</summary>
    Strict,

    /// <summary>Nothing: after a crash the upper must be thrown away.</summary>
    Volatile,
}
