using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 predict</c>: what an operation on a live overlay would do.</summary>
internal static class PredictCommand
{
    private const string Description = $"""
        What an operation on a path of a mounted overlay would do: the error, the bytes copied up against the free space,
        broken hard links, changes of st_dev and st_ino, stale mappings, whiteouts left behind. Nothing is changed or written.
        Exits with 1 if the operation would fail.

        Operations: {OperationArgument.Forms}.
        With --tree the operation is one of chown, chmod, touch on everything below PATH, and the answer its cost.
        A TARGET that does not start with / is taken from the directory of PATH.

        Examples:
          overlay2 predict /var/lib/docker/overlay2/ID/merged/data/big append
          overlay2 predict /proc/4711/root/data/d1 rename /proc/4711/root/data/d2
          overlay2 predict /proc/4711/root/data --tree chown
        """;

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A path on an overlay; its end need not exist." };
        var words = new Argument<string[]>("OPERATION") { Description = "The operation and its arguments.", Arity = ArgumentArity.OneOrMore };
        var tree = new Option<bool>("--tree") { Description = "Count what the operation costs on PATH and everything below." };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };
        var user = new Option<uint?>("--user") { Description = "Who does it, as a number; by default the superuser.", HelpName = "UID" };
        var layerRoot = new Option<string>("--layer-root")
        {
            Description = "The root directory that the layers are named from, if the mount was made in another mount namespace: /proc/PID/root of the engine, /host.",
            HelpName = "DIR",
            DefaultValueFactory = static _ => "/",
        };
        var kernel = new KernelProfileArgument();
        var command = new Command("predict", Description) { Arguments = { path, words }, Options = { tree, json, user, layerRoot } };
        kernel.AddTo(command);

        // On another thread, so that Ctrl-C finds somebody who listens.
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            var options = new LiveOverlayOptions
            {
                Profile = kernel.Load(parsed),
                LayerRoot = BytePath.FromText(parsed.GetRequiredValue(layerRoot)),
                Caller = parsed.GetValue(user) is { } uid and not 0 ? Credentials.User(uid) : Credentials.Root,
            };
            string[] operation = parsed.GetRequiredValue(words);
            BytePath target = Absolute(parsed.GetRequiredValue(path));
            try
            {
                TreeOperation? counted = parsed.GetValue(tree) ? TreeOperationOf(operation) : null;
                using LiveOverlay overlay = LiveOverlay.Open(target, options);
                return counted is { } what
                    ? Count(overlay, what, parsed.GetValue(json), cancellation)
                    : Predict(overlay, target, operation, parsed.GetValue(json));
            }
            catch (LiveOverlayException e)
            {
                throw new InputException(e.Message, e);
            }
        }
    }

    private static int Predict(LiveOverlay overlay, BytePath path, string[] words, bool isJson)
    {
        OverlayOperation operation = OperationArgument.Parse(words, text => Locate(overlay, path, text));
        var view = new PredictionView(overlay, overlay.Predict(operation));
        if (isJson)
            Terminal.WriteJson(view.WriteJson);
        else
            view.WriteText(Terminal.CreateConsole());
        return view.Prediction.IsSuccess ? ExitCode.Ok : ExitCode.WouldFail;
    }

    private static int Count(LiveOverlay overlay, TreeOperation operation, bool isJson, CancellationToken cancellation)
    {
        using var progress = new TreeProgress();
        try
        {
            TreeCost cost = overlay.PredictTree(overlay.Path, operation, progress, cancellation);
            progress.Clear();
            var view = new TreeCostView(overlay, operation, cost);
            if (isJson)
                Terminal.WriteJson(view.WriteJson);
            else
                view.WriteText(Terminal.CreateConsole());
            return cost.Error == LinuxError.OK ? ExitCode.Ok : ExitCode.WouldFail;
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            Terminal.Say($"interrupted after {progress.Objects} objects");
            return ExitCode.Interrupted;
        }
    }

    private static TreeOperation TreeOperationOf(string[] words) => words switch
    {
        ["chown", ..] => TreeOperation.ChangeOwner,
        ["chmod", ..] => TreeOperation.ChangeMode,
        ["touch"] => TreeOperation.Touch,
        _ => throw new UsageException($"\"{string.Join(' ', words)}\" cannot be counted for a tree; chown, chmod and touch can."),
    };

    private static BytePath Locate(LiveOverlay overlay, BytePath path, string text)
    {
        BytePath target = BytePath.FromText(text);
        if (!target.IsAbsolute && path.TryGetParent(out BytePath parent))
            target = parent.Combine(target);
        return overlay.Locate(target) ?? throw new InputException($"{target} is not on the same mount as {path}; the kernel answers EXDEV.");
    }

    private static BytePath Absolute(string path) => BytePath.FromText(Environment.CurrentDirectory).Combine(BytePath.FromText(path));
}
