using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>A configuration file as it was found.</summary>
/// <param name="State">What was found.</param>
/// <param name="Content">The bytes of the file; empty if it was not read.</param>
/// <param name="Reason">Why it was not read, in words; empty if it was.</param>
public sealed record ConfigurationFileContent(ConfigurationFileState State, ByteString Content, string Reason)
{
    /// <summary>There is no such file.</summary>
    public static ConfigurationFileContent Missing { get; } = new(ConfigurationFileState.Missing, default, "");

    /// <summary>A file with these bytes.</summary>
    /// <param name="content">The bytes of the file.</param>
    public static ConfigurationFileContent Of(ByteString content) => new(ConfigurationFileState.Read, content, "");
}
