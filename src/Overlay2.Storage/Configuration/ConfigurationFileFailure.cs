namespace Overlay2.Storage.Configuration;

/// <summary>Why a configuration file could not be read or replaced.</summary>
public enum ConfigurationFileFailure
{
    /// <summary>The file or a directory above it cannot be read.</summary>
    Unreadable,

    /// <summary>The name is there and is no regular file.</summary>
    NoFile,

    /// <summary>The file is not what the caller saw: someone else changed it.</summary>
    Changed,

    /// <summary>The file has a second name, which a replacement would leave with the old content.</summary>
    HardLinked,

    /// <summary>Mode, owner or an extended attribute of the file cannot be carried over.</summary>
    AttributesLost,

    /// <summary>The new file cannot be written or put in place; the old one is as it was.</summary>
    Unwritable,
}
