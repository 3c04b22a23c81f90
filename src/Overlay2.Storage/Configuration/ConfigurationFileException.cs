using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>A configuration file could not be read or replaced.</summary>
public sealed class ConfigurationFileException : IOException
{
    /// <summary>Makes the error of a file.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="path">The file.</param>
    /// <param name="reason">What the kernel or a check said.</param>
    public ConfigurationFileException(ConfigurationFileFailure failure, BytePath path, string reason)
        : base($"{path}: {reason}")
    {
        Failure = failure;
        Path = path;
        Reason = reason;
    }

    /// <summary>Why.</summary>
    public ConfigurationFileFailure Failure { get; }

    /// <summary>The file.</summary>
    public BytePath Path { get; }

    /// <summary>What the kernel or a check said.</summary>
    public string Reason { get; }
}
