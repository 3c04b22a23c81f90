using System.Collections.Immutable;
using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 config</c>: how the engine's storage is configured, and setting its driver.</summary>
internal static class ConfigCommand
{
    private const string Description = """
        How the Docker engine's storage is configured: which driver and image store are in force, from where, and what conflicts.
        Exits with 1 if every engine would refuse to start with it.

        Examples:
          overlay2 config                              what is in force
          overlay2 config show --root /host --json     of a host whose root is mounted here
          overlay2 config set-driver overlay2 --dry-run
        """;

    private static readonly Option<string> s_root = new("--root")
    {
        Description = "The host's root directory.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/",
        Recursive = true,
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Write JSON (formatVersion 1).", Recursive = true };

    public static Command Create()
    {
        var command = new Command("config", Description) { Options = { s_root, s_json }, Subcommands = { CreateShow(), CreateSetDriver() } };
        command.SetAction(Show);
        return command;
    }

    private static Command CreateShow()
    {
        var command = new Command("show", "Which settings are in force, from where, and what conflicts. Examples: overlay2 config show; overlay2 config show --json");
        command.SetAction(Show);
        return command;
    }

    private static Command CreateSetDriver()
    {
        var driver = new Argument<string>("driver") { Description = "The driver's name, such as overlay2." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show the difference." };
        var command = new Command("set-driver", "Sets the storage driver; everything else in the files stays. Example: overlay2 config set-driver overlay2 --dry-run")
        {
            Arguments = { driver },
            Options = { dryRun },
        };
        command.SetAction(parsed => SetDriver(parsed, parsed.GetRequiredValue(driver), parsed.GetValue(dryRun)));
        return command;
    }

    private static int Show(ParseResult parsed)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(Read(parsed));
        EngineConfiguration next = configuration.NextStart;
        ImageStoreChoice store = configuration.ChooseImageStore(HostOf(parsed, configuration));
        EngineStart start = next.PredictStart(HostOf(parsed, next));
        if (parsed.GetValue(s_json))
            Terminal.WriteJson(writer => ConfigJson.Write(writer, configuration, store, start));
        else
            ConfigView.Write(Terminal.CreateConsole(), configuration, store, start);
        return start.Outcome == EngineStartOutcome.Refuses ? ExitCode.WouldFail : ExitCode.Ok;
    }

    /// <summary>What decides beside the configuration, as far as files tell: which drivers left something in the engine's root directory.</summary>
    private static EngineHost HostOf(ParseResult parsed, EngineConfiguration configuration)
    {
        try
        {
            return new EngineHost { PriorDrivers = configuration.EngineRoot is { IsAbsolute: true } engineRoot ? EngineHost.FindPriorDrivers(Root(parsed), engineRoot) : [] };
        }
        catch (ConfigurationFileException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static int SetDriver(ParseResult parsed, string driver, bool dryRun)
    {
        BytePath root = Root(parsed);
        ImmutableArray<ConfigurationEdit> edits = Plan(Read(parsed), driver);
        List<ConfigurationReplacement> replacements = [];
        if (!dryRun)
        {
            foreach (ConfigurationEdit edit in edits)
                replacements.Add(Replace(root, edit));
        }

        if (parsed.GetValue(s_json))
            Terminal.WriteJson(writer => ConfigJson.Write(writer, driver, dryRun, edits, replacements));
        else
            ConfigView.Write(Terminal.CreateConsole(), edits, replacements);
        return ExitCode.Ok;
    }

    private static BytePath Root(ParseResult parsed) => parsed.GetRequiredValue(s_root) is { Length: > 0 } root
        ? BytePath.FromText(root)
        : throw new InputException("--root was given an empty path.");

    private static EngineConfigurationFiles Read(ParseResult parsed)
    {
        try
        {
            return EngineConfigurationFiles.Read(Root(parsed));
        }
        catch (ConfigurationFileException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static ImmutableArray<ConfigurationEdit> Plan(EngineConfigurationFiles files, string driver)
    {
        try
        {
            return StorageDriverChange.Plan(files, driver);
        }
        catch (ConfigurationEditException e)
        {
            throw new InputException(e.Message, e);
        }
        catch (ArgumentException e)
        {
            throw new InputException(e.Message.Split(" (Parameter", 2)[0], e);
        }
    }

    private static ConfigurationReplacement Replace(BytePath root, ConfigurationEdit edit)
    {
        try
        {
            return ConfigurationFile.Replace(root, edit);
        }
        catch (ConfigurationFileException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
