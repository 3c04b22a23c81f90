using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Changes the files of a configuration in memory.</summary>
internal static class ConfigurationChange
{
    public delegate byte[] Change(ReadOnlySpan<byte> content);

    /// <summary>The files with one of them changed.</summary>
    /// <exception cref="ConfigurationEditException">The file was not read, or the change cannot be made in it.</exception>
    public static EngineConfigurationFiles Apply(EngineConfigurationFiles files, ConfigurationSource place, Change change)
    {
        ConfigurationFileContent file = files[place.Path];
        if (file.State is ConfigurationFileState.NoFile or ConfigurationFileState.Unreadable)
            throw new ConfigurationEditException(place, $"the file cannot be read: {file.Reason}.");
        try
        {
            return files.With(place.Path, ByteString.Wrap(change(file.Content.Span)));
        }
        catch (ConfigurationFormatException e)
        {
            throw new ConfigurationEditException(place with { Line = e.Line }, e.Reason, e);
        }
    }

    /// <summary>The edits that lead from some files to others, the one of the configuration file last.</summary>
    public static ImmutableArray<ConfigurationEdit> Between(EngineConfigurationFiles before, EngineConfigurationFiles after, BytePath configurationFile) =>
    [
        .. after.Files.Where(file => file.Value.Content != before[file.Key].Content || file.Value.State != before[file.Key].State)
            .OrderBy(file => file.Key == configurationFile ? 1 : 0)
            .Select(file => new ConfigurationEdit(file.Key, before[file.Key].State == ConfigurationFileState.Missing ? null : before[file.Key].Content, file.Value.Content)),
    ];
}
