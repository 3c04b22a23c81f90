using System.CommandLine;
using System.Text;
using Overlay2.Cli.Output;
using Overlay2.Cli.Shell;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 simulate shell</c>: system calls by hand on a simulated overlay.</summary>
internal static class SimulateShellCommand
{
    private const string Description = """
        Tries operations by hand on an overlay that is only simulated: each line read is one system call; the answer is its error,
        its values and what it did below. Lines come from the terminal or a pipe; "help" lists them; "undo", "snapshot" and "preview" work.
        With PATH the layers are those of the mounted overlay that PATH is on; they are read and never changed. Without, they come from
        --layers: a file of lines such as "l0 dir d", "l0 file d/f 100", "l0 hardlink g d/f", "l0 symlink s d", "l0 whiteout w",
        "u0 mark d trusted.overlay.opaque y" (l0 is the topmost lower layer, u0 the upper), parents first.
        Exits with 64 if a line was no command.

        Examples:
          overlay2 simulate shell /var/lib/docker/overlay2/ID/merged
          echo 'rename d e' | overlay2 simulate shell --layers layers.txt -o redirect_dir=on
        """;

    private static readonly KernelVersion s_defaultKernel = new(6, 18, 44);

    public static Command Create()
    {
        var path = new Argument<string?>("PATH") { Description = "A path on a mounted overlay.", Arity = ArgumentArity.ZeroOrOne };
        var layers = new Option<string?>("--layers") { Description = "A file that describes layers.", HelpName = "FILE" };
        var options = new Option<string>("-o") { Description = "Mount options of the layers of --layers.", HelpName = "OPTIONS", DefaultValueFactory = static _ => "" };
        var disk = new Option<string>("--disk")
        {
            Description = "The file system of the layers of --layers: ext4, xfs, tmpfs; with :BLOCKS that of the upper is limited to blocks of 4096 bytes.",
            HelpName = "TYPE[:BLOCKS]",
            DefaultValueFactory = static _ => "ext4",
        };
        var json = new Option<bool>("--json") { Description = "Write one JSON object a line (formatVersion 1)." };
        var kernel = new KernelProfileArgument();
        var command = new Command("shell", Description) { Arguments = { path }, Options = { layers, options, disk, json } };
        kernel.AddTo(command);
        command.SetAction(parsed =>
        {
            KernelProfile? profile = kernel.Load(parsed);
            if (parsed.GetValue(path) is not { } live)
            {
                OverlaySimulator simulator = ShellLayers.Mount(
                    parsed.GetValue(layers), parsed.GetRequiredValue(options), parsed.GetRequiredValue(disk), profile ?? KernelProfile.Defaults(s_defaultKernel));
                return Run(simulator, parsed.GetValue(json));
            }

            if (parsed.GetValue(layers) is not null)
                throw new UsageException("PATH and --layers exclude one another.");
            try
            {
                BytePath target = BytePath.FromText(Environment.CurrentDirectory).Combine(BytePath.FromText(live));
                using LiveOverlay overlay = LiveOverlay.Open(target, new LiveOverlayOptions { Profile = profile });
                return Run(overlay.CreateSimulator(), parsed.GetValue(json));
            }
            catch (LiveOverlayException e)
            {
                throw new InputException(e.Message, e);
            }
        });
        return command;
    }

    private static int Run(OverlaySimulator simulator, bool isJson)
    {
        bool isTerminal = Terminal.IsInput;
        using var input = new StreamReader(Terminal.OpenInput(), new UTF8Encoding(false));
        var session = new ShellSession(simulator, new ShellWriter(isJson));
        bool wasWrong = false;
        while (true)
        {
            if (isTerminal)
                Terminal.Put("overlay> ");
            if (input.ReadLine() is not { } line || line.Trim() is "quit" or "exit")
                return wasWrong && !isTerminal ? ExitCode.Usage : ExitCode.Ok;
            try
            {
                session.Run(line);
            }
            catch (UsageException e)
            {
                wasWrong = true;
                Terminal.Say(e.Message);
            }
        }
    }
}
