using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 kernel</c>: what this kernel can do with overlays, and from where that is known.</summary>
internal static class KernelCommand
{
    private const string Description = """
        What this kernel can do with overlays: since when, whether it has it, and from where that is known.
        Without --probe nothing is written or mounted.

        Examples:
          overlay2 kernel                            from /proc, /sys and the kernel's configuration
          overlay2 kernel --host-root /host          of the host, seen from a container
          overlay2 kernel --json
        """;

    public static Command Create()
    {
        var hostRoot = new Option<string?>("--host-root") { Description = "Where the host's root directory is mounted.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };
        var command = new Command("kernel", Description) { Options = { hostRoot, json } };
        command.SetAction(parsed =>
        {
            KernelDetection detection = Detect(parsed.GetValue(hostRoot) ?? "/");
            if (parsed.GetValue(json))
                Terminal.WriteJson(writer => KernelView.WriteJson(writer, detection));
            else
                KernelView.Write(Terminal.CreateConsole(), detection);
            return ExitCode.Ok;
        });
        return command;
    }

    private static KernelDetection Detect(string root)
    {
        if (root.Length == 0)
            throw new InputException("--host-root was given an empty path.");
        try
        {
            return KernelDetector.Detect(BytePath.FromText(root));
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            throw new InputException(e.Message, e);
        }
    }
}
