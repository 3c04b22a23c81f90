namespace Overlay2.Storage.Mounts;

/// <summary>Which fields of a mount are asked for; ids, device and the options of the mount itself always are.</summary>
[Flags]
public enum MountFields
{
    /// <summary>Only what is always asked for.</summary>
    None = 0,

    /// <summary><see cref="MountEntry.Root"/>.</summary>
    Root = 0x1,

    /// <summary><see cref="MountEntry.MountPoint"/>: without it the table can not resolve paths.</summary>
    MountPoint = 0x2,

    /// <summary><see cref="MountEntry.FileSystemType"/>.</summary>
    FileSystemType = 0x4,

    /// <summary><see cref="MountEntry.Source"/>.</summary>
    Source = 0x8,

    /// <summary><see cref="MountEntry.OptionalFields"/> and <see cref="MountEntry.Propagation"/>.</summary>
    Propagation = 0x10,

    /// <summary><see cref="MountEntry.SuperOptions"/>: of an overlay they cost the kernel more than all the rest together.</summary>
    SuperOptions = 0x20,

    /// <summary>All but <see cref="SuperOptions"/>.</summary>
    AllButSuperOptions = Root | MountPoint | FileSystemType | Source | Propagation,

    /// <summary>All fields.</summary>
    All = AllButSuperOptions | SuperOptions,
}
