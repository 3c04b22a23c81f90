using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 watch</c>: mounts as they come and go.</summary>
internal static class WatchCommand
{
    private const string Description = """
        Mounts as they come, go, move and change, until Ctrl-C. Changes are net changes: what comes and goes
        within a moment is not told.

        Examples:
          overlay2 watch                 what this process sees
          overlay2 watch --pid 1         what process 1 sees
          overlay2 watch --json          one JSON object a line (formatVersion 1)
        """;

    public static Command Create()
    {
        Option<int?> pid = MountTableArguments.CreatePidOption("--pid", "The mounts that this process sees.", "N");
        var json = new Option<bool>("--json") { Description = "Write one JSON object a line (formatVersion 1)." };
        var command = new Command("watch", Description) { Options = { pid, json } };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            MountTableSource source = parsed.GetValue(pid) is { } process ? MountTableSource.Process(process) : MountTableSource.Self;
            await WatchAsync(source, parsed.GetValue(json), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task WatchAsync(MountTableSource source, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            using var watcher = new MountWatcher();
            using MountWatch watch = watcher.Watch(source);
            IAnsiConsole console = Terminal.CreateConsole();
            if (!asJson)
                Terminal.Put($"watching {watch.Table.Entries.Length} mounts; Ctrl-C ends\n");
            await foreach (MountChange change in watch.WithCancellation(cancellationToken))
            {
                if (asJson)
                    Terminal.WriteJsonLine(json => MountChangeJson.Write(json, change));
                else
                    MountChangeView.Write(console, change);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a watch ends.
        }
        catch (MountTableException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
