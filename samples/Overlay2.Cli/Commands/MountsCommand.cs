using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 mounts</c>: what is mounted, and what is hidden by what.</summary>
internal static class MountsCommand
{
    private const string Description = """
        What is mounted, in the order of mountinfo; hidden mounts are marked, with what hides them.

        Examples:
          overlay2 mounts --tree             as a tree
          overlay2 mounts --overlay          only overlays
          overlay2 mounts --hidden --pid 1   only what is hidden from process 1
          overlay2 mounts --mountinfo saved.txt --json
        """;

    public static Command Create()
    {
        var source = new MountTableArguments();
        var overlay = new Option<bool>("--overlay") { Description = "Only overlay mounts." };
        var hidden = new Option<bool>("--hidden") { Description = "Only mounts that another mount hides." };
        var tree = new Option<bool>("--tree") { Description = "Show which mount is on which." };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };

        var command = new Command("mounts", Description) { Options = { overlay, hidden, tree, json } };
        source.AddTo(command);
        command.SetAction(parsed =>
        {
            MountTable table = source.Load(parsed);
            MountFilter filter = new(parsed.GetValue(overlay), parsed.GetValue(hidden));
            if (parsed.GetValue(json))
                Terminal.WriteJson(writer => MountsJson.Write(writer, table, filter));
            else if (parsed.GetValue(tree))
                MountTreeView.Write(Terminal.CreateConsole(), table, filter);
            else
                MountListView.Write(Terminal.CreateConsole(), table, filter);
            return ExitCode.Ok;
        });
        return command;
    }
}
