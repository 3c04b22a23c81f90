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
          overlay2 mounts --all-namespaces --overlay
        """;

    public static Command Create()
    {
        var source = new MountTableArguments();
        var overlay = new Option<bool>("--overlay") { Description = "Only overlay mounts." };
        var hidden = new Option<bool>("--hidden") { Description = "Only mounts that another mount hides." };
        var tree = new Option<bool>("--tree") { Description = "Show which mount is on which." };
        var allNamespaces = new Option<bool>("--all-namespaces") { Description = "Of every mount namespace of this host, each once." };
        var json = new Option<bool>("--json") { Description = "Write JSON (formatVersion 1)." };

        var command = new Command("mounts", Description) { Options = { overlay, hidden, tree, allNamespaces, json } };
        source.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(allNamespaces) && (source.IsGiven(result) || result.GetValue(tree)))
                result.AddError("--all-namespaces goes with --overlay, --hidden and --json only.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            MountFilter filter = new(parsed.GetValue(overlay), parsed.GetValue(hidden));
            if (parsed.GetValue(allNamespaces))
            {
                await WriteAllNamespacesAsync(filter, parsed.GetValue(json), cancellationToken);
                return ExitCode.Ok;
            }

            MountTable table = source.Load(parsed);
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

    private static async Task WriteAllNamespacesAsync(MountFilter filter, bool asJson, CancellationToken cancellationToken)
    {
        List<MountNamespace> namespaces = [];
        await foreach (MountNamespace found in new MountNamespaceScanner().ScanAsync(cancellationToken))
            namespaces.Add(found);
        namespaces.Sort((left, right) => left.ProcessIds[0].CompareTo(right.ProcessIds[0]));
        if (asJson)
            Terminal.WriteJson(writer => NamespacesView.WriteJson(writer, namespaces, filter));
        else
            NamespacesView.Write(Terminal.CreateConsole(), namespaces, filter);
    }
}
