using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>How a file of the engine's configuration is meant.</summary>
internal static class ConfigurationState
{
    /// <summary>Whether a file is as an action or a predicate means it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">What it has to hold; <see langword="null"/> if it must not be there.</param>
    public static bool Holds(ConfigurationFileContent file, ByteString? content) => content is { } bytes
        ? file.State == ConfigurationFileState.Read && file.Content == bytes
        : file.State == ConfigurationFileState.Missing;
}
