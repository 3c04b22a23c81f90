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
    public StorageSnapshot Now { get; set; } = snapshot;

    /// <summary>The engine's files; <see langword="null"/> if the snapshot does not hold them.</summary>
    public EngineConfigurationFiles? Files => Now.Configuration.TryGet(out EngineConfigurationFiles? files) ? files : null;

    /// <summary>A snapshot with the configuration as it is now.</summary>
    public StorageSnapshot ApplyTo(StorageSnapshot captured) => captured with { Configuration = Now.Configuration, Kernel = Now.Kernel };

    public ConfigurationFileContent ReadConfiguration(BytePath path) =>
        Files?[path] ?? new ConfigurationFileContent(ConfigurationFileState.Unreadable, default, Now.Configuration.Reason);

    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content)
    {
        if (Files is not { } files)
            return new HostResult($"the snapshot does not hold the configuration: {Now.Configuration.Reason}");
        if (!files.Files.ContainsKey(path) && EngineConfiguration.Resolve(files).NextStart.ConfigurationFile != path)
            return new HostResult($"{path} {NotOfConfiguration}");
        if (!ConfigurationState.Holds(files[path], original))
            return new HostResult($"{path} {NotAsMeant}");
        Now = Now with { Configuration = SnapshotPart.Known(files.With(path, content is { } bytes ? ConfigurationFileContent.Of(bytes) : ConfigurationFileContent.Missing)) };
        return HostResult.Done;
    }

    public string? ReadModuleParameter(string parameter) => TryGetKernel(out KernelProfile? kernel) ? kernel.Parameters.GetValueOrDefault(parameter) : null;

    public HostResult SetModuleParameter(string parameter, string from, string to)
    {
        if (!TryGetKernel(out KernelProfile? kernel) || !kernel.Parameters.TryGetValue(parameter, out string? value))
            return new HostResult($"the module has no parameter {parameter}");
        if (value != from)
            return new HostResult($"the parameter {parameter} is {value}");
        Now = Now with { Kernel = SnapshotPart.Known(kernel.WithParameter(parameter, to)) };
        return HostResult.Done;
    }

    /// <summary>Whether the same is configured as at another moment.</summary>
    public bool IsAsIn(StorageSnapshot moment) => ReferenceEquals(moment, Now) || Describe(moment).SequenceEqual(Describe(Now), StringComparer.Ordinal);

    private static IEnumerable<string> Describe(StorageSnapshot moment)
    {
        foreach ((BytePath path, ConfigurationFileContent file) in (moment.Configuration.TryGet(out EngineConfigurationFiles? files) ? files : EngineConfigurationFiles.Empty).Files)
            yield return $"{path} {file.State} {file.Content}";
        if (!moment.Kernel.TryGet(out KernelProfile? kernel))
            yield break;
        foreach ((string parameter, string value) in kernel.Parameters)
            yield return $"{parameter} {value}";
    }

    private bool TryGetKernel([NotNullWhen(true)] out KernelProfile? kernel) => Now.Kernel.TryGet(out kernel);
}
