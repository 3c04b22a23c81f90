using System.CommandLine;
using System.CommandLine.Parsing;
using Overlay2.Cli.Output;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 diagnose</c>: what is wrong with the container storage of a host.</summary>
internal static class DiagnoseCommand
{
    private const string Description = """
        What is wrong with the container storage of this host, of a snapshot, or of files of a support case. Only reads.
        Exits with 0 if nothing was found in what it says it looked at, 1 for warnings, 2 for errors, 3 if nothing was found but not
        everything could be seen.

        Examples:
          overlay2 diagnose                                         this host (as root, to see everything)
          overlay2 diagnose --host-root /host                       the host whose root is mounted here
          overlay2 diagnose --store docker=/srv/docker              this store, and no other
          overlay2 diagnose --snapshot host.json.gz --json          what "overlay2 snapshot" captured
          overlay2 diagnose --mountinfo mountinfo.txt --store DIR   a saved mount table, and a copy of /var/lib/docker
          overlay2 diagnose --suppress OVL0107 --markdown           without one finding, for a ticket
        """;

    private static readonly Option<string[]> s_suppress = FindingIdOption.Create("--suppress", "Ids that are not looked for.");
    private static readonly Option<bool> s_all = new("--all") { Description = "Show information too." };
    private static readonly Option<bool> s_json = new("--json") { Description = "Write JSON (formatVersion 1)." };
    private static readonly Option<bool> s_markdown = new("--markdown") { Description = "Write Markdown." };

    public static Command Create()
    {
        var command = new Command("diagnose", Description)
        {
            Options = { s_suppress, DurationOption.MinimumOrphanAge, s_all, s_json, s_markdown },
        };
        SourceArguments.AddTo(command);
        command.Validators.Add(Check);
        command.SetAction(RunAsync);
        return command;
    }

    private static void Check(CommandResult result)
    {
        if (result.GetValue(s_json) && result.GetValue(s_markdown))
            result.AddError("Give only one of --json and --markdown.");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        StorageSnapshot snapshot = await SourceArguments.TakeAsync(parsed, cancellationToken);
        StorageSnapshot? previous = SourceArguments.LoadPrevious(parsed);
        var options = new DiagnosisOptions
        {
            Suppressed = DiagnosisOptions.Default.Suppressed.Union(parsed.GetValue(s_suppress) ?? []),
            MinimumOrphanAge = parsed.GetValue(DurationOption.MinimumOrphanAge),
        };
        DiagnosisReport report = new StorageDiagnoser(options).Diagnose(snapshot, previous, cancellationToken);
        if (parsed.GetValue(s_json))
            Terminal.WriteJson(report.WriteJson);
        else if (parsed.GetValue(s_markdown))
            Terminal.WriteText(report.ToMarkdown());
        else
            DiagnosisView.Write(Terminal.CreateConsole(), report, parsed.GetValue(s_all));
        return report.ExitCode;
    }
}
