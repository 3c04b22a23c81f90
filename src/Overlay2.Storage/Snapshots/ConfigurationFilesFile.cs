using System.Collections.Immutable;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Snapshots;

/// <summary>The files of an engine's configuration in a snapshot file.</summary>
internal sealed record ConfigurationFilesFile(ImmutableArray<ConfigurationFileEntry> Files, EngineProcess? Process = null)
{
    public static ConfigurationFilesFile Of(EngineConfigurationFiles files)
    {
        EngineConfigurationFiles filtered = SecretFilter.Apply(files);
        return new ConfigurationFilesFile(
            [.. filtered.Files.Select(file => new ConfigurationFileEntry(file.Key, file.Value.State, file.Value.Content, file.Value.Reason))],
            filtered.Process);
    }

    public EngineConfigurationFiles ToFiles()
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.WithProcess(Process);
        foreach (ConfigurationFileEntry file in Files)
            files = files.With(file.Path, new ConfigurationFileContent(file.State, file.Content, file.Reason));
        return files;
    }
}
