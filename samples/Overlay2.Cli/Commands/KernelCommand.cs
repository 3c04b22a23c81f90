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
        Without --probe nothing is written or mounted. With it each ability is tried on the file system of a scratch
        directory, in a mount namespace that nobody else sees (root only).

        Examples:
          overlay2 kernel                            from /proc, /sys and the kernel's configuration
          overlay2 kernel --probe                    tried as well, in the directory for temporary files
          overlay2 kernel --probe --scratch /var/lib on the file system of /var/lib
          overlay2 kernel --host-root /host          of the host, seen from a container
          overlay2 kernel --json
        """;

    public static Command Create()
    {
        var hostRoot = new Option<string?>("--host-root") { Description = "Where the host's root directory is mounted.", HelpName = "DIR" };
        var probe = new Option<bool>("--probe") { Description = "Try each ability too (root only)." };
        var scratch = new Option<string?>("--scratch") { Description = "Probe the file system of this directory.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };
        var command = new Command("kernel", Description) { Options = { hostRoot, probe, scratch, json } };
        command.Validators.Add(result =>
        {
            if (result.GetValue(probe) && result.GetResult(hostRoot) is not null)
                result.AddError("--probe tries the running kernel: it does not go with --host-root.");
            if (!result.GetValue(probe) && result.GetResult(scratch) is not null)
                result.AddError("--scratch goes with --probe.");
        });
        command.SetAction(parsed =>
        {
            KernelDetection detection = Detect(parsed.GetValue(hostRoot) ?? "/");
            KernelProbe? tried = parsed.GetValue(probe) ? Probe(parsed.GetValue(scratch) ?? Path.GetTempPath()) : null;
            if (parsed.GetValue(json))
                Terminal.WriteJson(writer => KernelJson.Write(writer, detection, tried));
            else
                KernelView.Write(Terminal.CreateConsole(), detection, tried);
            return ExitCode.Ok;
        });
        return command;
    }

    private static KernelProbe Probe(string scratch)
    {
        if (scratch.Length == 0)
            throw new InputException("--scratch was given an empty path.");
        try
        {
            return KernelProber.Probe(BytePath.FromText(scratch));
        }
        catch (KernelProbeException e)
        {
            throw new InputException(e.Message, e);
        }
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
