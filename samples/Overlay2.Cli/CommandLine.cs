using System.CommandLine;
using Overlay2.Cli.Commands;
using Overlay2.Cli.Output;

namespace Overlay2.Cli;

/// <summary>The whole program, from its words to what it answers its caller.</summary>
internal static class CommandLine
{
    /// <summary>Commands that only read and have nothing to say when they are ended: a signal ends them as the kernel does it, at once, whatever is being read at that moment.</summary>
    private static readonly string[] s_endingAtOnce = ["diagnose", "plan"];

    public static async Task<int> RunAsync(string[] words)
    {
        var root = new RootCommand(OverviewCommand.Description);
        OverviewCommand.AddTo(root);
        root.Subcommands.Add(MountsCommand.Create());
        root.Subcommands.Add(ConfigCommand.Create());
        root.Subcommands.Add(DiagnoseCommand.Create());
        root.Subcommands.Add(PlanCommand.Create());
        root.Subcommands.Add(ApplyCommand.Create());
        root.Subcommands.Add(ApplyCommand.CreateResume());
        root.Subcommands.Add(ApplyCommand.CreateRollback());
        root.Subcommands.Add(LabCommand.Create());
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(SnapshotCommand.Create());
        root.Subcommands.Add(KernelCommand.Create());
        root.Subcommands.Add(OptionsCheckCommand.CreateGroup());
        root.Subcommands.Add(SimulateRunCommand.CreateGroup());
        root.Subcommands.Add(PredictCommand.Create());

        ParseResult parsed = root.Parse(words);
        if (parsed.Errors.Count > 0)
        {
            Terminal.Say($"{parsed.Errors[0].Message} (see overlay2 --help)");
            return ExitCode.Usage;
        }

        try
        {
            // A repair handles Ctrl-C by itself: it is never ended in the midst of a step, however long that takes.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = Terminal.Output, Error = Terminal.Error };
            if (ApplyCommand.Names.Concat(s_endingAtOnce).Contains(parsed.CommandResult.Command.Name, StringComparer.Ordinal))
                configuration.ProcessTerminationTimeout = null;
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (UsageException e)
        {
            Terminal.Say($"{e.Message}");
            return ExitCode.Usage;
        }
        catch (InputException e)
        {
            Terminal.Say($"{e.Message}");
            return ExitCode.Data;
        }
        catch (OutputException e)
        {
            Terminal.Say($"{e.Message}");
            return ExitCode.Output;
        }
        catch (Exception e) when (e.GetBaseException() is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            // The machine gives no file, descriptor, thread or memory any more; that is nobody's fault in here.
            Terminal.Say($"{e.GetBaseException().Message}");
            return ExitCode.Data;
        }
    }
}
