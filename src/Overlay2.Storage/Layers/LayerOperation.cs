namespace Overlay2.Storage.Layers;

/// <summary>What was tried on an object of a layer.</summary>
public enum LayerOperation
{
    /// <summary>Opening it.</summary>
    Open,

    /// <summary>Reading its status: statx(2).</summary>
    Status,

    /// <summary>Reading a directory: getdents64(2).</summary>
    List,

    /// <summary>Reading its extended attributes: listxattr(2), getxattr(2).</summary>
    Attributes,

    /// <summary>Reading a symbolic link: readlink(2).</summary>
    Link,

    /// <summary>Finding the data and holes of a file: lseek(2).</summary>
    Ranges,

    /// <summary>Reading the bytes of a file: pread(2).</summary>
    Read,
}
