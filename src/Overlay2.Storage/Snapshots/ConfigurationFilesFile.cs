using System.Collections.Immutable;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Snapshots;

/// <summary>The files of an engine's configuration in a snapshot file.</summary>
internal sealed record ConfigurationFilesFile(ImmutableArray<ConfigurationFileEntry> Files, EngineProcess? Process = null)
{
    public static ConfigurationFilesFile Of(EngineConfigurationFiles files)
    {
        return new ConfigurationFilesFile(
            [.. files.Files.Select(file => new ConfigurationFileEntry(file.Key, file.Value.State, file.Value.Content, file.Value.Reason))],
            files.Process);
    }

    public EngineConfigurationFiles ToFiles()
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.WithProcess(Process);
        foreach (ConfigurationFileEntry file in Files)
            files = files.With(file.Path, new ConfigurationFileContent(file.State, file.Content, file.Reason));
        return files;
    }
}
