using System.Globalization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Finds out which settings of an engine are in force.</summary>
internal sealed class EngineConfigurationResolver(EngineConfigurationFiles files)
{
    public static readonly BytePath DefaultConfigurationFile = BytePath.FromText("/etc/docker/daemon.json");

    /// <summary>What the engine reads that is installed as a snap, and its data root.</summary>
    public static readonly BytePath SnapConfigurationFile = BytePath.FromText("/var/snap/docker/current/config/daemon.json");
    public const string SnapDataRoot = "/var/snap/docker/common/var-lib-docker";

    /// <summary>Files of variables that start scripts read, with the variable that holds flags of the engine, in the order of the command line.</summary>
    public static readonly (BytePath Path, ByteString Variable)[] AssumedFiles =
    [
        (BytePath.FromText("/etc/sysconfig/docker"), ByteString.FromText("OPTIONS")),
        (BytePath.FromText("/etc/sysconfig/docker-storage"), ByteString.FromText("DOCKER_STORAGE_OPTIONS")),
        (BytePath.FromText("/etc/default/docker"), ByteString.FromText("DOCKER_OPTS")),
    ];

    private static readonly ByteString DriverVariable = ByteString.FromText("DOCKER_DRIVER");
    private static readonly ByteString ThresholdVariable = ByteString.FromText("DOCKER_MIGRATE_SNAPSHOTTER_THRESHOLD");

    /// <summary>The variables of the environment that decide about storage.</summary>
    public static ByteString[] Variables { get; } = [DriverVariable, ThresholdVariable];

    private readonly List<EngineProblem> _problems = [];
    private readonly List<CommandWord> _flags = [];
    private EngineCommandOrigin _origin;
    private readonly Dictionary<ByteString, EngineSetting> _environment = [];

    public EngineConfiguration Resolve(EngineConfiguration? nextStart)
    {
        FindCommand();
        DaemonArguments arguments = DaemonArguments.Read(_flags);
        _problems.AddRange(arguments.Problems);
        EngineSetting? fileFlag = arguments.Settings.LastOrDefault(setting => setting.Name == EngineDirectives.ConfigFile);
        bool isSnap = fileFlag is null && _origin == EngineCommandOrigin.None && files[DefaultConfigurationFile].State == ConfigurationFileState.Missing
            && files[SnapConfigurationFile].State != ConfigurationFileState.Missing;
        BytePath path = fileFlag is not null ? new BytePath(fileFlag.Value) : isSnap ? SnapConfigurationFile : DefaultConfigurationFile;
        DaemonJson? file = ReadFile(path, fileFlag);
        List<EngineSetting> settings = [.. arguments.Settings, .. file?.Settings ?? []];
        if (file is not null)
            NoteConflicts(arguments, file);

        EngineSetting? driver = settings.LastOrDefault(setting => setting.Name == EngineDirectives.StorageDriver && !setting.Value.IsEmpty);
        if (_environment.TryGetValue(DriverVariable, out EngineSetting? fromEnvironment))
        {
            if (driver is not null && driver.Value != fromEnvironment.Value)
            {
                _problems.Add(new EngineProblem(EngineProblemKind.OverriddenByEnvironment,
                    $"DOCKER_DRIVER={fromEnvironment.Value} overrides the storage driver {driver.Value}.", EngineVersions.None, fromEnvironment.Source, driver.Source));
            }

            driver = fromEnvironment;
        }

        StorageDriverRules.Check(driver, settings, _problems);
        return EngineConfiguration.Create(_origin, path, settings, driver, _problems, nextStart, files, _environment.GetValueOrDefault(ThresholdVariable), isSnap ? SnapDataRoot : "/var/lib/docker");
    }

    private DaemonJson? ReadFile(BytePath path, EngineSetting? flag)
    {
        ConfigurationFileContent content = files[path];
        ConfigurationSource source = flag?.Source ?? new ConfigurationSource(ConfigurationSourceKind.ConfigurationFile, path, Line: 0);
        switch (content.State)
        {
            case ConfigurationFileState.Read:
                DaemonJson file = DaemonJson.Read(path, content.Content.Span);
                _problems.AddRange(file.Problems);
                return file;
            case ConfigurationFileState.Missing when flag is not null:
                _problems.Add(new EngineProblem(EngineProblemKind.InvalidFile, $"The configuration file {path}, which --config-file names, is missing.", EngineVersions.All, source));
                return null;
            case ConfigurationFileState.NoFile or ConfigurationFileState.Unreadable:
                _problems.Add(new EngineProblem(EngineProblemKind.Unreadable, $"The configuration file {path} cannot be read: {content.Reason}", EngineVersions.None, source));
                return null;
            default:
                return null;
        }
    }

    /// <summary>The engine refuses a directive that flag and file give, also when both agree.</summary>
    private void NoteConflicts(DaemonArguments arguments, DaemonJson file)
    {
        foreach (IGrouping<string, EngineSetting> flag in arguments.Settings.GroupBy(setting => setting.Name, StringComparer.Ordinal))
        {
            if (!file.Directives.TryGetValue(flag.Key, out EngineSetting? inFile) || EngineDirectives.OfKey(flag.Key) is { Merges: true })
                continue;
            string values = string.Join(' ', flag.Select(setting => setting.Value));
            _problems.Add(new EngineProblem(EngineProblemKind.SetTwice,
                $"{flag.Key} is given both as a flag ({values}) and in the configuration file ({inFile.Value}); the engine refuses that, also when both agree.",
                EngineVersions.All, [.. flag.Select(setting => setting.Source).Distinct(), inFile.Source]) { Directive = flag.Key });
        }
    }

    private void FindCommand()
    {
        if (files.Process is { } process)
        {
            _origin = EngineCommandOrigin.Process;
            ConfigurationSource source = Source(process, "cmdline");
            TakeCommand([.. process.Arguments.Select(word => new CommandWord(word.Span.ToArray(), source))], source);
            foreach (ByteString variable in process.Environment)
            {
                int equals = variable.Span.IndexOf((byte)'=');
                if (equals > 0)
                    TakeVariable(new ByteString(variable.Span[..equals]), new ByteString(variable.Span[(equals + 1)..]), Source(process, "environ"));
            }

            return;
        }

        ServiceUnit unit = ServiceUnit.Read(files);
        _problems.AddRange(unit.Problems);
        if (unit.Exists)
        {
            _origin = EngineCommandOrigin.Unit;
            if (unit.Command.Count > 0)
                TakeCommand(unit.Command, unit.Command[0].Source);
            foreach (ByteString name in Variables)
            {
                if (unit.Environment.TryGetValue(name, out (ByteString Value, ConfigurationSource Source) variable))
                    TakeVariable(name, variable.Value, variable.Source);
            }

            return;
        }

        foreach ((BytePath path, ByteString variable) in AssumedFiles)
            Assume(path, variable);
    }

    private void Assume(BytePath path, ByteString variable)
    {
        List<EnvironmentAssignment> assignments = EnvironmentFile.Parse(files[path].Content.Span);
        ConfigurationSource Source(EnvironmentAssignment from) => new(ConfigurationSourceKind.AssumedEnvironmentFile, path, from.Line);

        if (assignments.FindLast(assignment => assignment.Name == variable) is { } flags && UnitWords.TrySplit(flags.Value.Span, out List<byte[]> words) && words.Count > 0)
        {
            _origin = EngineCommandOrigin.AssumedFiles;
            _flags.AddRange(words.Select(word => new CommandWord(word, Source(flags))));
        }

        foreach (ByteString name in Variables)
        {
            if (assignments.FindLast(assignment => assignment.Name == name) is { } found)
                TakeVariable(name, found.Value, Source(found));
        }
    }

    private void TakeVariable(ByteString name, ByteString value, ConfigurationSource source)
    {
        if (!value.IsEmpty && Variables.Contains(name))
            _environment[name] = new EngineSetting(name == DriverVariable ? EngineDirectives.StorageDriver : name.ToString(), value, source);
    }

    private void TakeCommand(List<CommandWord> command, ConfigurationSource source)
    {
        ReadOnlySpan<byte> program = command.Count > 0 ? new BytePath(command[0].Text).FileName.Span : default;
        bool isEngine = program.StartsWith("dockerd"u8);
        bool isOldEngine = program.SequenceEqual("docker"u8) && command.Count > 1 && command[1].Text.AsSpan().SequenceEqual("daemon"u8);
        if (isEngine || isOldEngine)
        {
            _flags.AddRange(command.Skip(isEngine ? 1 : 2));
            return;
        }

        _problems.Add(new EngineProblem(EngineProblemKind.Unreadable,
            $"The engine is started by {new ByteString(program)}, so its flags are not known.", EngineVersions.None, source));
    }

    private static ConfigurationSource Source(EngineProcess process, string file) =>
        new(ConfigurationSourceKind.Process, BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.ProcessId}/{file}")), Line: 0);
}
