using System.CommandLine;
using System.Text;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 snapshot</c>: captures what a diagnosis looks at to a file.</summary>
internal static class SnapshotCommand
{
    private const string Description = """
        Captures what a host's container storage looks like now to a file, to be looked at here or elsewhere. Only reads.

        Examples:
          overlay2 snapshot host.json                      this host
          overlay2 snapshot host.json.gz                   compressed
          overlay2 snapshot host.json --own-namespace      without the mounts of every container
          overlay2 snapshot host.json --redact             names, paths and ids replaced by hashes
          overlay2 snapshot host.json --host-root /host    of a host whose root is mounted here
          overlay2 diagnose --snapshot host.json
        """;

    private static readonly Argument<string> s_file = new("OUT") { Description = "The file to write, whole or not at all, readable by its owner alone; compressed with gzip if its name ends in .gz. With - the standard output, and the list of its parts goes to the standard error." };
    private static readonly Option<string> s_hostRoot = new("--host-root") { Description = "The host's root directory.", HelpName = "DIR", DefaultValueFactory = _ => "/" };
    private static readonly Option<string?> s_dataRoot = new("--data-root") { Description = "The engine's root directory; without it the configured one.", HelpName = "DIR" };
    private static readonly Option<string[]> s_stores = new("--store") { Description = "The stores to look at, in the place of those that are found (repeatable).", HelpName = $"{StoreArguments.Kinds}=PATH" };
    private static readonly Option<int?> s_engine = MountTableArguments.CreatePidOption("--engine-pid", "The engine's process id; without it that of /var/run/docker.pid, if it is root's own in the host's namespaces.", "PID");
    private static readonly Option<bool> s_ownNamespace = new("--own-namespace") { Description = "Without the mounts of other mount namespaces: a diagnosis of the file then knows less than one of the host." };

    /// <summary>What is done anyway; scripts may still say so.</summary>
    private static readonly Option<bool> s_allNamespaces = new("--all-namespaces") { Hidden = true };
    private static readonly Option<bool> s_scanUppers = new("--scan-uppers") { Description = "Look through the files of every container's layer." };
    private static readonly Option<bool> s_redact = new("--redact") { Description = "Replace names, paths and ids by hashes with a key that is thrown away." };
    private static readonly Option<string?> s_redactKey = new("--redact-key") { Description = "Redact with this key: the same name gives the same hash in every snapshot.", HelpName = "KEY" };
    private static readonly Option<bool> s_json = new("--json") { Description = "Write which parts are known as JSON (formatVersion 1)." };

    public static Command Create()
    {
        var command = new Command("snapshot", Description)
        {
            Arguments = { s_file },
            Options = { s_hostRoot, s_dataRoot, s_stores, s_engine, s_ownNamespace, s_allNamespaces, s_scanUppers, s_redact, s_redactKey, s_json },
        };
        foreach (Option<string?> path in (Option<string?>[])[s_dataRoot])
            path.Validators.Add(result => { if (!(result.GetValue(path) ?? "/").StartsWith('/')) result.AddError($"{path.Name} wants an absolute path."); });
        s_hostRoot.Validators.Add(result => { if (!result.GetRequiredValue(s_hostRoot).StartsWith('/')) result.AddError("--host-root wants an absolute path."); });
        s_stores.Validators.Add(result => { if (result.GetValue(s_stores)?.Any(store => StoreArguments.Parse(store) is null) == true) result.AddError($"--store wants {StoreArguments.Kinds}=PATH with an absolute path."); });
        command.Validators.Add(result => { if (result.GetValue(s_json) && NamedOutput.IsStandard(result.GetValue(s_file))) result.AddError("--json writes to the standard output: it needs a file for the snapshot."); });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(
            new SnapshotOptions
            {
                HostRoot = BytePath.FromText(parsed.GetRequiredValue(s_hostRoot)),
                DataRoot = parsed.GetValue(s_dataRoot) is { } root ? BytePath.FromText(root) : default,
                Stores = [.. (parsed.GetValue(s_stores) ?? []).Select(StoreArguments.Parse).OfType<StoreLocation>()],
                EngineProcessId = parsed.GetValue(s_engine),
                AllNamespaces = !parsed.GetValue(s_ownNamespace),
                ScanUppers = parsed.GetValue(s_scanUppers),
            },
            cancellationToken);
        string? key = parsed.GetValue(s_redactKey);
        if (parsed.GetValue(s_redact) || key is not null)
            snapshot = snapshot.Redact(Encoding.UTF8.GetBytes(key ?? ""));

        string file = parsed.GetRequiredValue(s_file);
        long length = NamedOutput.Write(file, output => snapshot = snapshot.Save(output, compress: file.EndsWith(".gz", StringComparison.Ordinal)));
        if (parsed.GetValue(s_json))
            Terminal.WriteJson(writer => SnapshotView.WriteJson(writer, file, length, snapshot));
        else
            SnapshotView.Write(NamedOutput.IsStandard(file) ? Terminal.CreateErrorConsole() : Terminal.CreateConsole(), file, length, snapshot);
        return ExitCode.Ok;
    }
}
