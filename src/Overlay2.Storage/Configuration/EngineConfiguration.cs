using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>How the storage of a Docker engine is configured: which settings are in force, where they come from, and what is wrong.</summary>
/// <remarks>
/// <para>Immutable and thread-safe; a pure function of <see cref="EngineConfigurationFiles"/>.</para>
/// <para>Sources: dockerd(8), systemd.unit(5), systemd.service(5), systemd.exec(5); the engine's own answers were measured on 20.10.</para>
/// </remarks>
public sealed partial class EngineConfiguration
{
    private EngineConfiguration(EngineConfiguration? nextStart) => NextStart = nextStart ?? this;

    /// <summary>What the command line was taken from.</summary>
    public EngineCommandOrigin Origin { get; private init; }

    /// <summary>The configuration file that the engine reads.</summary>
    public required BytePath ConfigurationFile { get; init; }

    /// <summary>Every setting in force: flags first, then the configuration file.</summary>
    public required ImmutableArray<EngineSetting> Settings { get; init; }

    /// <summary>The storage driver that is chosen, and where; <see langword="null"/> if the engine chooses itself.</summary>
    public EngineSetting? StorageDriver { get; private init; }

    /// <summary>The options of the storage driver, one each.</summary>
    public required ImmutableArray<EngineSetting> StorageOptions { get; init; }

    /// <summary>The data root: <c>/var/lib/docker</c> unless set.</summary>
    public required EngineSetting DataRoot { get; init; }

    /// <summary>The directory of the engine's run-time state: <c>/var/run/docker</c> unless set.</summary>
    public required EngineSetting ExecRoot { get; init; }

    /// <summary>The feature <c>containerd-snapshotter</c>, <c>true</c> or <c>false</c>; <see langword="null"/> if it is not set.</summary>
    public EngineSetting? ContainerdSnapshotter { get; private init; }

    /// <summary>What is wrong, those first that the engine meets first.</summary>
    public required ImmutableArray<EngineProblem> Problems { get; init; }

    /// <summary>
    /// The configuration that the service unit will start the engine with; the same object unless an engine runs whose command line is known.
    /// </summary>
    public EngineConfiguration NextStart { get; }

    /// <summary>Finds out what is in force.</summary>
    /// <param name="files">The files of the host and the running engine.</param>
    public static EngineConfiguration Resolve(EngineConfigurationFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Process is null)
            return new EngineConfigurationResolver(files).Resolve(nextStart: null);
        EngineConfiguration nextStart = new EngineConfigurationResolver(files.WithProcess(process: null)).Resolve(nextStart: null);
        return new EngineConfigurationResolver(files).Resolve(nextStart);
    }

    /// <summary>Takes the files of a host and finds out what is in force.</summary>
    /// <param name="root">The host's root directory: <c>/</c>, or where it is mounted, such as <c>/host</c>.</param>
    /// <exception cref="ConfigurationFileException">The root directory cannot be opened.</exception>
    public static EngineConfiguration Read(BytePath root) => Resolve(EngineConfigurationFiles.Read(root));

    internal static EngineConfiguration Create(EngineCommandOrigin origin, BytePath file, List<EngineSetting> settings, EngineSetting? driver, List<EngineProblem> problems, EngineConfiguration? nextStart)
    {
        EngineSetting? Last(string name) => settings.LastOrDefault(setting => setting.Name == name && !setting.Value.IsEmpty);
        EngineSetting Or(EngineSetting? setting, string name, string value) =>
            setting is null ? new EngineSetting(name, ByteString.FromText(value), default) : setting with { Name = name };

        return new EngineConfiguration(nextStart)
        {
            Origin = origin,
            ConfigurationFile = file,
            Settings = [.. settings],
            StorageDriver = driver,
            StorageOptions = [.. settings.Where(setting => setting.Name == EngineDirectives.StorageOptions)],
            DataRoot = Or(Last(EngineDirectives.DataRoot) ?? Last(EngineDirectives.OldDataRoot), EngineDirectives.DataRoot, "/var/lib/docker"),
            ExecRoot = Or(Last(EngineDirectives.ExecRoot), EngineDirectives.ExecRoot, "/var/run/docker"),
            ContainerdSnapshotter = Last($"{EngineDirectives.Features}.containerd-snapshotter"),
            Problems = [.. problems],
        };
    }
}
