using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Everything an engine's configuration is read from: files by path, and the running engine.</summary>
/// <remarks>
/// Immutable and thread-safe. Taken from a host by <see cref="Read(BytePath)"/>, or put together by hand, for instance from a support case.
/// </remarks>
public sealed partial class EngineConfigurationFiles
{
    private readonly ImmutableSortedDictionary<BytePath, ConfigurationFileContent> _files;

    private EngineConfigurationFiles(ImmutableSortedDictionary<BytePath, ConfigurationFileContent> files, EngineProcess? process)
    {
        _files = files;
        Process = process;
    }

    /// <summary>No file and no running engine.</summary>
    public static EngineConfigurationFiles Empty { get; } = new(ImmutableSortedDictionary<BytePath, ConfigurationFileContent>.Empty, process: null);

    /// <summary>The files that were looked for, by absolute path below the host's root, in the order of their bytes.</summary>
    public IReadOnlyDictionary<BytePath, ConfigurationFileContent> Files => _files;

    /// <summary>The running engine; <see langword="null"/> if none is known.</summary>
    public EngineProcess? Process { get; }

    /// <summary>The same with one more file, or another content of a file.</summary>
    /// <param name="path">The absolute path below the host's root.</param>
    /// <param name="content">What was found there.</param>
    public EngineConfigurationFiles With(BytePath path, ConfigurationFileContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new EngineConfigurationFiles(_files.SetItem(path, content), Process);
    }

    /// <summary>The same with a file of these bytes.</summary>
    /// <param name="path">The absolute path below the host's root.</param>
    /// <param name="content">The bytes of the file.</param>
    public EngineConfigurationFiles With(BytePath path, ByteString content) => With(path, ConfigurationFileContent.Of(content));

    /// <summary>The same with a running engine, or with none.</summary>
    /// <param name="process">The running engine; <see langword="null"/> for none.</param>
    public EngineConfigurationFiles WithProcess(EngineProcess? process) => new(_files, process);

    /// <summary>What was found at a path; missing if nobody looked there.</summary>
    /// <param name="path">The absolute path below the host's root.</param>
    public ConfigurationFileContent this[BytePath path] => _files.GetValueOrDefault(path, ConfigurationFileContent.Missing);
}
