using System.Text;
using Overlay2.Storage.Configuration;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The engine's configuration for a person.</summary>
internal static class ConfigView
{
    private const string RemappedFiles = "by /etc/subuid and /etc/subgid";

    /// <summary>What is in force.</summary>
    public static void Write(IAnsiConsole console, EngineConfiguration configuration, ImageStoreChoice store, EngineStart start)
    {
        console.PutLine(configuration.Origin switch
        {
            EngineCommandOrigin.Process => "The engine runs; its command line counts.",
            EngineCommandOrigin.Unit => "No engine is known to run; the service unit counts.",
            EngineCommandOrigin.AssumedFiles => "No engine is known to run and there is no service unit; the usual files of variables are assumed to count.",
            _ => "No engine is known to run and there is no service unit; only the configuration file counts.",
        });
        Write(console, "storage driver", configuration.StorageDriver, "the engine chooses");
        if (configuration.NextStart != configuration)
            Write(console, "at next start", configuration.NextStart.StorageDriver, "the engine chooses");
        foreach (EngineSetting option in configuration.StorageOptions)
            Write(console, "storage option", option, "");
        Write(console, "data root", configuration.DataRoot, "");
        if (configuration.RemappedUser is { } remapped)
        {
            Write(console, "userns-remap", remapped, "");
            console.PutLine(configuration.EngineRoot is { } root
                ? $"  {"root in force",-16}  {root}  ({RemappedFiles})"
                : $"  {"root in force",-16}  a directory UID.GID of the data root, which is not known: {configuration.UnknownEngineRoot}");
        }

        Write(console, "exec root", configuration.ExecRoot, "");
        string decides = store.Source == default ? "" : $"  ({store.Source})";
        console.PutLine($"  {"image store",-16}  {(store.UsesContainerd switch { true => "containerd's: ", false => "the classic one: ", null => "depends on the engine's version: " })}{store.Because}{decides}");
        if (configuration.ContainerdSnapshotter is not null)
            Write(console, "containerd store", configuration.ContainerdSnapshotter, "");
        if (configuration.ContainerdMigration is not null)
            Write(console, "migration", configuration.ContainerdMigration, "");
        if (configuration.ContainerdMigration is not null || configuration.MigrationThreshold is not null)
            Write(console, "  threshold", configuration.MigrationThreshold, "none: engines from 29 on go over to containerd's store only when there are no images and no containers");
        if (configuration.MigrationThreshold is not null && configuration.ContainerdMigration?.Value.Span.SequenceEqual("true"u8) != true)
            console.PutLine("                    without effect: the feature containerd-migration is not switched on");
        EngineSetting? address = configuration.Settings.LastOrDefault(setting => setting.Name == "containerd");
        if (configuration.EmbeddedContainerd is { } embedded && embedded.Value.Span.SequenceEqual("true"u8))
            console.PutLine($"  {"containerd",-16}  in the engine's own process from 29.7 on, with its root at {configuration.DataRoot.Value}/containerd/daemon  ({embedded.Source})");
        else
            Write(console, "containerd", address, $"the host's where one runs, else one of the engine's own with its root at {configuration.DataRoot.Value}/containerd/daemon");
        foreach (EngineProblem problem in configuration.Problems)
            Write(console, problem);
        foreach (EngineProblem problem in start.Problems.Where(problem => configuration.Problems.All(known => known.Message != problem.Message)))
            Write(console, problem);
    }

    /// <summary>A change of the driver.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<ConfigurationEdit> edits, IReadOnlyList<ConfigurationReplacement> replacements)
    {
        if (edits.Count == 0)
            console.PutLine("Nothing to change: this driver is set already.");
        foreach (ConfigurationEdit edit in edits)
        {
            foreach (string line in Encoding.UTF8.GetString(edit.Difference.Span).TrimEnd('\n').Split('\n'))
                console.PutLine(line);
        }

        foreach (ConfigurationReplacement replacement in replacements)
            console.PutLine(replacement.Backup.IsEmpty ? $"Made {replacement.Path}." : $"Replaced {replacement.Path}; the old file is {replacement.Backup}.");
        if (replacements.Count > 0)
            console.PutLine("Restart the engine to use it. Images and containers of another driver stay on disk and are not shown any more.");
    }

    private static void Write(IAnsiConsole console, string label, EngineSetting? setting, string otherwise) =>
        console.PutLine($"  {label,-16}  {(setting is null ? otherwise : $"{setting.Value}  ({setting.Source})")}");

    private static void Write(IAnsiConsole console, EngineProblem problem)
    {
        string stops = problem.StopsEngine(majorVersion: null) switch
        {
            true => "the engine refuses to start",
            null => "depends on the engine's version",
            false => "the engine starts",
        };
        console.PutLine($"  ! {problem.Message} [{stops}]", Styles.Warning);
        foreach (ConfigurationSource source in problem.Sources)
            console.PutLine($"      {source}");
    }
}
