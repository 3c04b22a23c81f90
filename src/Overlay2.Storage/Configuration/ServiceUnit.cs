using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The engine's service unit with its drop-ins: the command line and environment that it starts the engine with.</summary>
/// <remarks>Source: systemd.unit(5), "Unit File Load Path"; systemd.service(5), "Command lines"; systemd.exec(5), "Environment".</remarks>
internal sealed class ServiceUnit(EngineConfigurationFiles files)
{
    public static readonly BytePath Name = BytePath.FromText("docker.service");

    /// <summary>The directories of units; one before another hides files of the same name in it.</summary>
    public static readonly BytePath[] Directories =
    [
        .. new[]
        {
            "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early",
            "/etc/systemd/system", "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached",
            "/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
            "/run/systemd/generator.late",
        }.Select(BytePath.FromText),
    ];

    /// <summary>Directories of drop-ins below a directory of units; those of the unit hide those of all services.</summary>
    public static readonly BytePath[] DropInDirectories = [BytePath.FromText("docker.service.d"), BytePath.FromText("service.d")];

    private readonly List<CommandWord[]> _commands = [];
    private readonly List<(BytePath Path, bool IsOptional, ConfigurationSource Source)> _environmentFiles = [];
    private ByteString _type;

    /// <summary>Whether there is a unit that can be started.</summary>
    public bool Exists { get; private set; }

    /// <summary>The command line, variables replaced, the program first; empty if there is none.</summary>
    public List<CommandWord> Command { get; } = [];

    /// <summary>The environment.</summary>
    public Dictionary<ByteString, (ByteString Value, ConfigurationSource Source)> Environment { get; } = [];

    public List<EngineProblem> Problems { get; } = [];

    /// <summary>The files of variables that the unit reads.</summary>
    public IEnumerable<BytePath> EnvironmentFiles => _environmentFiles.Select(file => file.Path);

    public static ServiceUnit Read(EngineConfigurationFiles files)
    {
        ServiceUnit unit = new(files);
        if (Directories.Select(directory => directory.Combine(Name)).FirstOrDefault(path => files[path].State != ConfigurationFileState.Missing) is not { IsEmpty: false } path)
            return unit;
        ConfigurationFileContent file = files[path];
        ConfigurationSource source = new(ConfigurationSourceKind.Unit, path, Line: 0);
        if (file.State == ConfigurationFileState.Unreadable)
        {
            unit.Add(EngineProblemKind.Unreadable, $"The service unit cannot be read: {file.Reason}", EngineVersions.None, source);
            return unit;
        }

        if (file.State == ConfigurationFileState.NoFile || file.Content.IsEmpty)
        {
            unit.Add(EngineProblemKind.InvalidUnit, "The service unit is masked.", EngineVersions.None, source);
            return unit;
        }

        unit.Exists = true;
        unit.Take(path, file);
        foreach (BytePath dropIn in DropIns(files))
            unit.Take(dropIn, files[dropIn]);
        unit.LoadEnvironmentFiles();
        unit.MakeCommand(source);
        return unit;
    }

    /// <summary>The drop-ins that count, in the order of their names.</summary>
    private static SortedDictionary<ByteString, BytePath>.ValueCollection DropIns(EngineConfigurationFiles files)
    {
        SortedDictionary<ByteString, BytePath> byName = [];
        foreach (BytePath dropIns in DropInDirectories)
        {
            foreach (BytePath directory in Directories)
            {
                BytePath parent = directory.Combine(dropIns);
                foreach (BytePath path in files.Files.Keys)
                {
                    if (files[path].State != ConfigurationFileState.Missing && path.Span.EndsWith(".conf"u8) && path.TryGetParent(out BytePath own) && own == parent)
                        byName.TryAdd(path.FileName, path);
                }
            }
        }

        return byName.Values;
    }

    private void Take(BytePath path, ConfigurationFileContent file)
    {
        if (file.State == ConfigurationFileState.Unreadable)
            Add(EngineProblemKind.Unreadable, $"A drop-in of the service unit cannot be read: {file.Reason}", EngineVersions.None, new ConfigurationSource(ConfigurationSourceKind.Unit, path, 0));
        foreach (UnitAssignment assignment in UnitFile.Parse(path, file.Content.Span))
        {
            if (!assignment.Section.Span.SequenceEqual("Service"u8))
                continue;
            ReadOnlySpan<byte> key = assignment.Key.Span;
            if (key.SequenceEqual("ExecStart"u8))
                TakeCommand(assignment);
            else if (key.SequenceEqual("Environment"u8))
                TakeEnvironment(assignment);
            else if (key.SequenceEqual("EnvironmentFile"u8))
                TakeEnvironmentFile(assignment);
            else if (key.SequenceEqual("Type"u8))
                _type = assignment.Value;
        }
    }

    private void TakeCommand(UnitAssignment assignment)
    {
        if (assignment.Value.IsEmpty)
        {
            _commands.Clear();
            return;
        }

        if (!UnitWords.TrySplit(assignment.Value.Span, out List<byte[]> words))
        {
            Add(EngineProblemKind.InvalidUnit, "ExecStart= has a quote that is not closed and is ignored.", EngineVersions.None, assignment.Source);
            return;
        }

        _commands.Add([.. words.Select(word => new CommandWord(UnitWords.ExpandSpecifiers(word), assignment.Source))]);
    }

    private void TakeEnvironment(UnitAssignment assignment)
    {
        if (assignment.Value.IsEmpty)
        {
            Environment.Clear();
            return;
        }

        if (!UnitWords.TrySplit(assignment.Value.Span, out List<byte[]> words))
            Add(EngineProblemKind.InvalidUnit, "Environment= has a quote that is not closed.", EngineVersions.None, assignment.Source);
        foreach (byte[] word in words)
            Set(UnitWords.ExpandSpecifiers(word), assignment.Source);
    }

    private void TakeEnvironmentFile(UnitAssignment assignment)
    {
        if (assignment.Value.IsEmpty)
        {
            _environmentFiles.Clear();
            return;
        }

        bool isOptional = assignment.Value.Span[0] == (byte)'-';
        _environmentFiles.Add((new BytePath(UnitWords.ExpandSpecifiers(assignment.Value.Span[(isOptional ? 1 : 0)..])), isOptional, assignment.Source));
    }

    /// <summary>Files of variables are read when the service starts, so they override what <c>Environment=</c> sets anywhere.</summary>
    private void LoadEnvironmentFiles()
    {
        foreach ((BytePath path, bool isOptional, ConfigurationSource source) in _environmentFiles)
        {
            ConfigurationFileContent file = files[path];
            if (path.Span.ContainsAny("*?["u8))
                Add(EngineProblemKind.Unreadable, $"EnvironmentFile= names a pattern, {path}, which is not followed.", EngineVersions.None, source);
            else if (file.State == ConfigurationFileState.Unreadable)
                Add(EngineProblemKind.Unreadable, $"{path} cannot be read: {file.Reason}", EngineVersions.None, source);
            else if (file.State == ConfigurationFileState.Missing && !isOptional)
                Add(EngineProblemKind.InvalidUnit, $"The service cannot start: {path}, which EnvironmentFile= names, is missing.", EngineVersions.All, source);
            foreach (EnvironmentAssignment assignment in EnvironmentFile.Parse(file.Content.Span))
                Environment[assignment.Name] = (assignment.Value, new ConfigurationSource(ConfigurationSourceKind.EnvironmentFile, path, assignment.Line));
        }
    }

    private void MakeCommand(ConfigurationSource unit)
    {
        bool isOneShot = _type.Span.SequenceEqual("oneshot"u8);
        if (_commands.Count == 0)
            Add(EngineProblemKind.InvalidUnit, "The service unit has no ExecStart=.", EngineVersions.All, unit);
        else if (_commands.Count > 1 && !isOneShot)
            Add(EngineProblemKind.InvalidUnit, "The service unit has more than one ExecStart=; a drop-in that replaces it must first set it empty.", EngineVersions.All, [.. _commands.Select(command => command[0].Source)]);
        else
            Command.AddRange(UnitCommand.Expand(_commands[0], Environment));
    }

    private void Set(ReadOnlySpan<byte> assignment, ConfigurationSource source)
    {
        int equals = assignment.IndexOf((byte)'=');
        if (equals > 0)
            Environment[new ByteString(assignment[..equals])] = (new ByteString(assignment[(equals + 1)..]), source);
    }

    private void Add(EngineProblemKind kind, string message, EngineVersions stops, params ImmutableArray<ConfigurationSource> sources) =>
        Problems.Add(new EngineProblem(kind, message, stops, sources));
}
