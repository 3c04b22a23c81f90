namespace Overlay2.Storage.Configuration;

/// <summary>What looking for a configuration file found.</summary>
public enum ConfigurationFileState
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The file was read.</summary>
    Read,

    /// <summary>The name is there, but is no file: a device such as <c>/dev/null</c>, which masks a unit, a directory or a pipe.</summary>
    NoFile,

    /// <summary>The file is there and could not be read, or is larger than any configuration.</summary>
    Unreadable,
}
