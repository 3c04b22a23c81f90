using System.Collections.Frozen;
using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Works out which files must change so that a problem of an engine's configuration is gone at its next start.</summary>
/// <remarks>
/// Pure and thread-safe: nothing is written. Two kinds can be mended without a decision: of a directive given twice
/// (<see cref="EngineProblemKind.SetTwice"/>) the configuration file keeps its value and the flag goes; a removed option
/// (<see cref="EngineProblemKind.RemovedOption"/>) goes wherever it is given, and a list that is empty then stays as <c>[]</c>. Every other
/// setting, and every other byte, stays as it is.
/// </remarks>
public static class EngineProblemChange
{
    /// <summary>Directives that decide which data an engine shows: of two values none can be taken without asking.</summary>
    private static readonly FrozenSet<string> s_storage = new[]
    {
        EngineDirectives.StorageDriver, EngineDirectives.StorageOptions, EngineDirectives.DataRoot, EngineDirectives.OldDataRoot, EngineDirectives.ExecRoot,
        EngineDirectives.Features, "containerd", "containerd-namespace", "containerd-plugins-namespace", EngineDirectives.RemappedUser,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Works out the changes.</summary>
    /// <param name="files">The files of the host; a running engine is not looked at.</param>
    /// <param name="problem">The problem, as <see cref="EngineConfiguration.Problems"/> names it.</param>
    /// <returns>The files to change, in the order to change them in; none if the next start does not have the problem.</returns>
    /// <exception cref="ConfigurationEditException">A person has to decide, or a file cannot be changed safely; the place says where.</exception>
    public static ImmutableArray<ConfigurationEdit> Plan(EngineConfigurationFiles files, EngineProblem problem)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(problem);
        files = files.WithProcess(process: null);
        EngineConfiguration now = EngineConfiguration.Resolve(files);
        if (!now.Problems.Any(other => IsSame(other, problem)))
            return [];

        (ByteString[] dropped, EngineConfigurationFiles changed) = problem.Kind switch
        {
            EngineProblemKind.SetTwice => DropFlags(files, now, problem.Directive),
            EngineProblemKind.RemovedOption => DropOptions(files, now),
            _ => throw new ConfigurationEditException(problem.Sources.IsEmpty ? default : problem.Sources[0], "what is meant here only a person knows."),
        };
        Confirm(now, EngineConfiguration.Resolve(changed), problem, dropped);
        return ConfigurationChange.Between(files, changed, now.ConfigurationFile);
    }

    private static bool IsSame(EngineProblem left, EngineProblem right) => left.Kind == right.Kind && left.Directive == right.Directive;

    private static (ByteString[] Dropped, EngineConfigurationFiles Changed) DropFlags(EngineConfigurationFiles files, EngineConfiguration now, string directive)
    {
        EngineSetting[] flags = [.. now.Settings.Where(setting => setting.Name == directive && setting.Source.Kind != ConfigurationSourceKind.ConfigurationFile)];
        RefuseUnit(flags);
        if (s_storage.Contains(directive) && flags.FirstOrDefault(flag => !IsInFile(now, flag)) is { } other)
        {
            throw new ConfigurationEditException(other.Source,
                $"flag and configuration file differ, and {directive} decides which data the engine shows: take the one out that is not meant; the flag says {other.Value}.");
        }

        EngineConfigurationFiles changed = files;
        foreach (ConfigurationSource place in flags.Select(flag => flag.Source).Distinct())
            changed = ConfigurationChange.Apply(changed, place, content => FlagEdit.Remove(content, place.Line, directive, _ => true));
        return ([.. flags.Select(flag => flag.Value)], changed);
    }

    private static (ByteString[] Dropped, EngineConfigurationFiles Changed) DropOptions(EngineConfigurationFiles files, EngineConfiguration now)
    {
        EngineSetting[] options = [.. now.StorageOptions.Where(option => StorageDriverRules.IsRemovedOption(option.Value))];
        RefuseUnit(options);
        EngineConfigurationFiles changed = files;
        foreach (ConfigurationSource place in options.Select(option => option.Source).DistinctBy(place => place.Kind == ConfigurationSourceKind.ConfigurationFile ? place with { Line = 0 } : place))
        {
            changed = ConfigurationChange.Apply(changed, place, content => place.Kind == ConfigurationSourceKind.ConfigurationFile
                ? DaemonJsonEdit.RemoveElements(content, EngineDirectives.StorageOptions, StorageDriverRules.IsRemovedOption)
                : FlagEdit.Remove(content, place.Line, EngineDirectives.StorageOptions, StorageDriverRules.IsRemovedOption));
        }

        return ([.. options.Select(option => option.Value)], changed);
    }

    private static void RefuseUnit(EngineSetting[] settings)
    {
        if (settings.FirstOrDefault(setting => setting.Source.Kind == ConfigurationSourceKind.Unit) is { } inUnit)
            throw new ConfigurationEditException(inUnit.Source, "the service unit itself gives it: make a drop-in with an empty ExecStart= and a second one without this flag, then run systemctl daemon-reload.");
    }

    /// <summary>Whether the configuration file says the same as a flag: text, an element of a list, or a member of an object.</summary>
    private static bool IsInFile(EngineConfiguration configuration, EngineSetting flag)
    {
        int equals = flag.Value.Span.IndexOf((byte)'=');
        return configuration.Settings.Any(setting => setting.Source.Kind == ConfigurationSourceKind.ConfigurationFile
            && ((setting.Name == flag.Name && setting.Value == flag.Value)
                || (equals > 0 && setting.Name == $"{flag.Name}.{new ByteString(flag.Value.Span[..equals])}" && setting.Value.Span.SequenceEqual(flag.Value.Span[(equals + 1)..]))));
    }

    /// <summary>The changed files are read again: the problem is gone, no other came, and what was not dropped is in force as before.</summary>
    private static void Confirm(EngineConfiguration now, EngineConfiguration then, EngineProblem problem, ByteString[] dropped)
    {
        ConfigurationSource place = problem.Sources.IsEmpty ? default : problem.Sources[0];
        if (then.Problems.Any(other => IsSame(other, problem)))
            throw new ConfigurationEditException(place, "it would still be given after the change.");
        if (then.Problems.FirstOrDefault(other => !now.Problems.Any(known => known.Kind == other.Kind && known.Message == other.Message)) is { } came)
            throw new ConfigurationEditException(place, $"the change would bring another problem: {came.Message}");

        List<(string Name, ByteString Value)> expected = [.. now.Settings.Select(Pair)];
        foreach (ByteString value in dropped)
            expected.Remove((problem.Directive, value));
        if (!expected.SequenceEqual(then.Settings.Select(Pair)))
            throw new ConfigurationEditException(place, "it cannot be taken out without changing another setting.");
    }

    private static (string Name, ByteString Value) Pair(EngineSetting setting) => (setting.Name, setting.Value);
}
