using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 options check</c>: what a mount would make of its options, without mounting.</summary>
internal static class OptionsCheckCommand
{
    private const string Description = """
        What the kernel would make of these layers and options: the error and its reason, or the options in force,
        what it changes, what the mount leaves behind, and which calls can carry the list. Nothing is mounted or written.
        Flags of the mount (nodev, ro, noatime, _netdev, x-…) are taken apart as mount(8) does it: in the data of a mount(2)
        call the kernel would refuse them. Exits with 1 if the mount would fail, and with 3 if that depends on what is not
        looked at, such as SELinux.

        Examples:
          overlay2 options check /layers/b /layers/a
          overlay2 options check /layers/a --upper /u --work /w -o index=on,metacopy=on
          overlay2 options check /layers/a --upper /u --work /w --kernel-profile 5.10 --json
        """;

    public static Command CreateGroup() => new("options", "Overlay options.") { Subcommands = { Create() } };

    private static Command Create()
    {
        var lower = new Argument<string[]>("LOWERDIR") { Description = "The lower layers, top first.", Arity = ArgumentArity.OneOrMore };
        var upper = new Option<string?>("--upper") { Description = "The upper layer.", HelpName = "DIR" };
        var work = new Option<string?>("--work") { Description = "The work directory.", HelpName = "DIR" };
        var more = new Option<string?>("-o") { Description = "More options, as for mount(8): flags of the mount among them.", HelpName = "OPTS" };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };
        var kernel = new KernelProfileArgument();

        var command = new Command("check", Description) { Arguments = { lower }, Options = { upper, work, more, json } };
        kernel.AddTo(command);
        command.SetAction(parsed =>
        {
            OverlayMountOptions options = OverlayMountOptions.Create(
                parsed.GetRequiredValue(lower).Select(BytePath.FromText), Path(parsed.GetValue(upper)), Path(parsed.GetValue(work)));
            MountCommandOptions command = MountCommandOptions.Parse(ByteString.FromText(parsed.GetValue(more) ?? "").Span);
            foreach (OverlayOption option in command.Options.Options)
                options = options.WithAppended(option);
            command = command with { Options = options };

            KernelProfile profile = kernel.Load(parsed) ?? KernelDetector.Detect().Profile;
            LayerLayout layout = LayerInspector.Inspect(options, MountTableArguments.Load(MountTableSource.Self));
            var check = new OptionsCheck(
                profile, command, EffectiveOptions.Resolve(command, profile, layout), MountDataBudget.Measure(options, profile, Environment.SystemPageSize));
            if (parsed.GetValue(json))
                Terminal.WriteJson(check.WriteJson);
            else
                check.WriteText(Terminal.CreateConsole());
            return check.Effective.Error != LinuxError.OK ? ExitCode.WouldFail : check.Effective.IsKnown ? ExitCode.Ok : ExitCode.NotKnown;
        });
        return command;
    }

    private static BytePath? Path(string? path) => path is null ? null : BytePath.FromText(path);
}
