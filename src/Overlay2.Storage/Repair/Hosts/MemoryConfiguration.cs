using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The configuration of a machine in memory, and the parameters of its overlay module.</summary>
internal sealed class MemoryConfiguration(StorageSnapshot snapshot) : IConfigurationOperations
{
    public const string NotOfConfiguration = "is no file that the engine's configuration is read from";
    public const string NotAsMeant = "is not as it was when the plan was made";

    /// <summary>The snapshot as far as it is configuration, as it is now.</summary>
    private StorageSnapshot _snapshot = snapshot;

    /// <summary>The engine's files; <see langword="null"/> if the snapshot does not hold them.</summary>
    public EngineConfigurationFiles? Files => _snapshot.Configuration.TryGet(out EngineConfigurationFiles? files) ? files : null;

    /// <summary>A copy that goes its own way.</summary>
    public MemoryConfiguration Clone() => new(_snapshot);

    /// <summary>A snapshot with the configuration as it is now.</summary>
    public StorageSnapshot ApplyTo(StorageSnapshot captured) => captured with { Configuration = _snapshot.Configuration, Kernel = _snapshot.Kernel };

    public ConfigurationFileContent ReadConfiguration(BytePath path) =>
        Files?[path] ?? new ConfigurationFileContent(ConfigurationFileState.Unreadable, default, _snapshot.Configuration.Reason);

    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content)
    {
        if (Files is not { } files)
            return new HostResult($"the snapshot does not hold the configuration: {_snapshot.Configuration.Reason}");
        if (!files.Files.ContainsKey(path) && EngineConfiguration.Resolve(files).NextStart.ConfigurationFile != path)
            return new HostResult($"{path} {NotOfConfiguration}");
        if (!ConfigurationState.Holds(files[path], original))
            return new HostResult($"{path} {NotAsMeant}");
        _snapshot = _snapshot with { Configuration = SnapshotPart.Known(files.With(path, content is { } bytes ? ConfigurationFileContent.Of(bytes) : ConfigurationFileContent.Missing)) };
        return HostResult.Done;
    }

    public string? ReadModuleParameter(string parameter) => TryGetKernel(out KernelProfile? kernel) ? kernel.Parameters.GetValueOrDefault(parameter) : null;

    public HostResult SetModuleParameter(string parameter, string from, string to)
    {
        if (!TryGetKernel(out KernelProfile? kernel) || !kernel.Parameters.TryGetValue(parameter, out string? value))
            return new HostResult($"the module has no parameter {parameter}");
        if (value != from)
            return new HostResult($"the parameter {parameter} is {value}");
        _snapshot = _snapshot with { Kernel = SnapshotPart.Known(kernel.WithParameter(parameter, to)) };
        return HostResult.Done;
    }

    /// <summary>What is configured, for telling two states apart.</summary>
    public IEnumerable<string> Describe()
    {
        foreach ((BytePath path, ConfigurationFileContent file) in Files?.Files ?? EngineConfigurationFiles.Empty.Files)
            yield return $"{path} {file.State} {file.Content}";
        if (!TryGetKernel(out KernelProfile? kernel))
            yield break;
        foreach ((string parameter, string value) in kernel.Parameters)
            yield return $"{parameter} {value}";
    }

    private bool TryGetKernel([NotNullWhen(true)] out KernelProfile? kernel) => _snapshot.Kernel.TryGet(out kernel);
}
