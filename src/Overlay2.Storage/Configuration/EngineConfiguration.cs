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

    /// <summary>The data root: <c>/var/lib/docker</c> unless set, and with the snap's configuration that of the snap.</summary>
    public required EngineSetting DataRoot { get; init; }

    /// <summary>Whose subordinate ids the engine's containers get (<c>userns-remap</c>); <see langword="null"/> where users are not remapped.</summary>
    public EngineSetting? RemappedUser { get; private init; }

    /// <summary>Where the engine keeps everything: the data root, or with remapped users the directory <c>UID.GID</c> in it. <see langword="null"/> where the files of users do not tell
    /// which, see <see cref="UnknownEngineRoot"/>.</summary>
    public BytePath? EngineRoot { get; private init; }

    /// <summary>Why <see cref="EngineRoot"/> is not known, in words for a person; empty where it is.</summary>
    public string UnknownEngineRoot { get; private init; } = "";

    /// <summary>The directory of the engine's run-time state: <c>/var/run/docker</c> unless set.</summary>
    public required EngineSetting ExecRoot { get; init; }

    /// <summary>The feature <c>containerd-snapshotter</c>, <c>true</c> or <c>false</c>; <see langword="null"/> if it is not set.</summary>
    public EngineSetting? ContainerdSnapshotter { get; private init; }

    /// <summary>The feature <c>containerd-migration</c>, likewise: an engine from 29 on goes over to containerd's image store when there are no containers, and no images or few.</summary>
    public EngineSetting? ContainerdMigration { get; private init; }

    /// <summary>How much the images of such an engine may have, the variable <c>DOCKER_MIGRATE_SNAPSHOTTER_THRESHOLD</c>; <see langword="null"/> for nothing at all.</summary>
    public EngineSetting? MigrationThreshold { get; private init; }

    /// <summary>The feature <c>embedded-containerd</c>, likewise: the engine, from 29.7 on, runs containerd in its own process.</summary>
    public EngineSetting? EmbeddedContainerd { get; private init; }

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

    internal static EngineConfiguration Create(
        EngineCommandOrigin origin, BytePath file, List<EngineSetting> settings, EngineSetting? driver, List<EngineProblem> problems, EngineConfiguration? nextStart, EngineConfigurationFiles files, EngineSetting? threshold, string usualDataRoot)
    {
        EngineSetting? Last(string name) => settings.LastOrDefault(setting => setting.Name == name && !setting.Value.IsEmpty);
        EngineSetting Or(EngineSetting? setting, string name, string value) =>
            setting is null ? new EngineSetting(name, ByteString.FromText(value), default) : setting with { Name = name };

        EngineSetting dataRoot = Or(Last(EngineDirectives.DataRoot) ?? Last(EngineDirectives.OldDataRoot), EngineDirectives.DataRoot, usualDataRoot);
        EngineSetting? remapped = Last(EngineDirectives.RemappedUser) is { } named && RemappedUsers.IsOn(named) ? named : null;
        BytePath? engineRoot = new BytePath(dataRoot.Value);
        string unknown = "";
        if (remapped is not null)
            engineRoot = RemappedUsers.Find(files, remapped, engineRoot.Value, out unknown);
        if (engineRoot is null && RemappedUsers.IsRefused(files, remapped!))
            problems.Add(new EngineProblem(EngineProblemKind.NoSubordinateIds, $"userns-remap names {remapped!.Value}, who has no subordinate ids: {unknown}; the engine refuses that.", EngineVersions.All, remapped.Source));
        return new EngineConfiguration(nextStart)
        {
            RemappedUser = remapped,
            EngineRoot = engineRoot,
            UnknownEngineRoot = unknown,
            Origin = origin,
            ConfigurationFile = file,
            Settings = [.. settings],
            StorageDriver = driver,
            StorageOptions = [.. settings.Where(setting => setting.Name == EngineDirectives.StorageOptions)],
            DataRoot = dataRoot,
            ExecRoot = Or(Last(EngineDirectives.ExecRoot), EngineDirectives.ExecRoot, "/var/run/docker"),
            ContainerdSnapshotter = StorageDriverRules.Feature(settings, StorageDriverRules.SnapshotterFeature),
            ContainerdMigration = StorageDriverRules.Feature(settings, "containerd-migration"),
            EmbeddedContainerd = StorageDriverRules.Feature(settings, "embedded-containerd"),
            MigrationThreshold = threshold,
            Problems = [.. problems],
        };
    }
}
