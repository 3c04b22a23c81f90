namespace Overlay2.Storage.MountOptions;

/// <summary>The ways to hand options to the kernel.</summary>
[Flags]
public enum MountInterfaces
{
    /// <summary>None can carry them.</summary>
    None = 0,

    /// <summary>mount(2) with the options as they are.</summary>
    Mount = 1,

    /// <summary>mount(2) from the common directory, with paths relative to it.</summary>
    MountRelative = 2,

    /// <summary>fsconfig(2), each layer in a call of its own.</summary>
    FsConfig = 4,

    /// <summary>fsconfig(2) from the common directory, with paths relative to it.</summary>
    FsConfigRelative = 8,
}
