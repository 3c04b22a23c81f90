namespace Overlay2.Storage.Mounts;

/// <summary>The fields of a mountinfo line, in the order of the line.</summary>
/// <remarks>Source: proc_pid_mountinfo(5).</remarks>
public enum MountInfoField
{
    /// <summary>The id of the mount, a decimal number.</summary>
    MountId,

    /// <summary>The id of the parent mount, a decimal number.</summary>
    ParentId,

    /// <summary>The part of the device number before the colon.</summary>
    Major,

    /// <summary>The part of the device number after the colon.</summary>
    Minor,

    /// <summary>The path within the file system that forms the root of the mount.</summary>
    Root,

    /// <summary>The path of the mount point, relative to the root directory of the process.</summary>
    MountPoint,

    /// <summary>The options of the mount itself.</summary>
    Options,

    /// <summary>Zero or more fields of the form tag or tag:value.</summary>
    OptionalFields,

    /// <summary>The lone hyphen that ends the optional fields.</summary>
    Separator,

    /// <summary>The type of the file system, with its subtype after a dot if it has one.</summary>
    FileSystemType,

    /// <summary>What was mounted; any text, may be empty.</summary>
    Source,

    /// <summary>The options of the super block, up to the end of the line.</summary>
    SuperOptions,
}
