namespace Overlay2.Storage.Simulation;

/// <summary>The type of a file system object, as stat(2) reports it.</summary>
public enum FileType
{
    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A character device; with number 0:0 in a layer it is a whiteout.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,
}
