using System.Collections.Immutable;
using System.CommandLine;
using Overlay2.Cli.Output;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 plan</c>: how what is wrong would be repaired.</summary>
internal static class PlanCommand
{
    private const string Description = """
        How what is wrong would be repaired, step by step, with what it costs, other ways, and what is not repaired and why.
        Only reads; "overlay2 apply" carries the plan out. Exits with 0 if there is a plan or nothing to repair, and with 4 if
        something is wrong and nothing of it can be repaired within the limits given.

        Examples:
          overlay2 plan                                this host (as root, to see everything)
          overlay2 plan --out plan.json                to look at now and to apply later
          overlay2 plan --max-risk R1 --only OVL0001   only what no workload notices, only this finding
          overlay2 plan --snapshot host.json.gz        what would be done on the host of a snapshot
          overlay2 plan --script                       the same as a script for a shell
          overlay2 plan --only OVL0116 --max-risk R4   remove for good what earlier repairs set aside
        """;

    private static readonly Option<RepairRisk> s_maxRisk = new("--max-risk")
    {
        Description = "The highest risk: R1 can be undone and nobody notices, R2 may be noticed for a moment, R3 starts workloads again, R4 removes data for good.",
        HelpName = "R1",
        DefaultValueFactory = _ => RepairPolicy.Default.MaxRisk,
        CustomParser = result =>
        {
            if (Enum.GetNames<RepairRisk>().Contains(result.Tokens[0].Value, StringComparer.Ordinal))
                return Enum.Parse<RepairRisk>(result.Tokens[0].Value);
            result.AddError($"--max-risk wants one of {string.Join(", ", Enum.GetNames<RepairRisk>())}.");
            return default;
        },
    };
    private static readonly Option<string[]> s_only = FindingIdOption.Create("--only", "The only ids of findings that are repaired.");
    private static readonly Option<string[]> s_except = FindingIdOption.Create("--except", "Ids of findings that are left alone.");
    private static readonly Option<TimeSpan> s_grace = DurationOption.Create(
        "--quarantine-grace", "7d", RepairPolicy.Default.QuarantineGrace, "How long nothing may have been set aside before OVL0116 is planned: a number with d, h, m or s.");
    private static readonly Option<bool> s_engine = new("--allow-engine-control") { Description = "Steps may stop and start containers and the engine." };
    private static readonly Option<bool> s_namespaces = new("--allow-other-namespaces") { Description = "Steps may enter the mount namespaces of other processes." };
    private static readonly Option<bool> s_includeUsers = new("--include-users")
    {
        Description = "Plan for stores of users too; without it only where --store or --data-root names them. overlay2 apply refuses such a plan to everybody but the user.",
    };
    private static readonly Option<string?> s_out = new("--out") { Description = "Write the plan to this file too, for overlay2 apply; with - to the standard output, and what is for a person to the standard error.", HelpName = "FILE" };
    private static readonly Option<bool> s_script = new("--script") { Description = "Write a script for a POSIX shell." };
    private static readonly Option<bool> s_json = new("--json") { Description = "Write the plan as JSON (formatVersion 1), as --out does." };
    private static readonly Option<bool> s_markdown = new("--markdown") { Description = "Write Markdown." };

    public static Command Create()
    {
        var command = new Command("plan", Description) { Options = { s_maxRisk, s_only, s_except, DurationOption.MinimumOrphanAge, s_grace, s_engine, s_namespaces, s_includeUsers, s_out, s_script, s_json, s_markdown } };
        SourceArguments.AddTo(command);
        command.Validators.Add(result =>
        {
            int forms = new[] { s_script, s_json, s_markdown }.Count(result.GetValue);
            if (forms > 1)
                result.AddError("Give only one of --script, --json and --markdown.");
            if (forms > 0 && NamedOutput.IsStandard(result.GetValue(s_out)))
                result.AddError("--out - goes without --script, --json and --markdown, which write to the standard output too.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        StorageSnapshot snapshot = await SourceArguments.TakeAsync(parsed, cancellationToken);
        var options = new DiagnosisOptions { MinimumOrphanAge = parsed.GetValue(DurationOption.MinimumOrphanAge) };
        DiagnosisReport report = new StorageDiagnoser(options).Diagnose(snapshot, SourceArguments.LoadPrevious(parsed), cancellationToken);
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy
        {
            MaxRisk = parsed.GetValue(s_maxRisk),
            Only = Set(parsed.GetValue(s_only)),
            Except = Set(parsed.GetValue(s_except)),
            QuarantineGrace = parsed.GetValue(s_grace),
            AllowEngineControl = parsed.GetValue(s_engine),
            AllowOtherNamespaces = parsed.GetValue(s_namespaces),
            IncludeUsers = parsed.GetValue(s_includeUsers),
        }, cancellationToken);
        if (parsed.GetValue(s_out) is { } file)
            NamedOutput.Write(file, output => output.Write(plan.ToJson()));
        if (parsed.GetValue(s_json))
            Terminal.WriteText(System.Text.Encoding.UTF8.GetString(plan.ToJson()) + "\n");
        else if (parsed.GetValue(s_script))
            Terminal.WriteText(plan.ToShellScript());
        else if (parsed.GetValue(s_markdown))
            Terminal.WriteText(plan.ToMarkdown());
        else
            PlanView.Write(NamedOutput.IsStandard(parsed.GetValue(s_out)) ? Terminal.CreateErrorConsole() : Terminal.CreateConsole(), plan, report);
        return plan.Steps.IsEmpty && !plan.Refusals.IsEmpty ? ExitCode.Refused : ExitCode.Ok;
    }

    private static ImmutableSortedSet<string> Set(string[]? ids) => ImmutableSortedSet.Create(StringComparer.Ordinal, ids ?? []);
}
