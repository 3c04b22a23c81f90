using System.CommandLine;
using System.Globalization;
using Overlay2.Cli.Lab;
using Overlay2.Cli.Output;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 lab</c>: a fault made for real, diagnosed, repaired and proven, without an engine.</summary>
internal static class LabCommand
{
    private static readonly string s_description = $"""
        Makes a fault for real, in a mount namespace of its own and on a scratch file system, without any engine; shows it,
        diagnoses it, plans, tries the plan without a change, repairs, proves it, and cleans up. For root. Exits with 0 if the
        fault was found and is gone.

        Scenarios:
        {string.Join('\n', LabScenario.All.Select(scenario => $"  {scenario.Name,-20} {scenario.Description}"))}

        Examples:
          overlay2 lab self-bind
          overlay2 lab cover-with-children --rollback     and undoes the repair in the end
        """;

    private static readonly Argument<string> s_name = new("scenario") { Description = "The fault.", HelpName = "SCENARIO" };
    private static readonly Option<bool> s_rollback = new("--rollback") { Description = "Undo the repair in the end, and compare the mounts with those before." };

    public static Command Create()
    {
        var command = new Command("lab", s_description) { Arguments = { s_name }, Options = { s_rollback } };
        s_name.AcceptOnlyFromAmong([.. LabScenario.All.Select(scenario => scenario.Name)]);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InputException("The lab mounts, so it needs root.");
        LabScenario scenario = LabScenario.All.First(candidate => candidate.Name == parsed.GetRequiredValue(s_name));
        using var lab = new LabNamespace(scenario);
        Title($"{scenario.Name}: {scenario.Description}");
        string[] before = Show(lab);

        Title("Diagnosis");
        DiagnosisReport report = await DiagnoseAsync(lab, cancellationToken);
        Finding[] findings = Findings(report, scenario);
        foreach (Finding finding in findings)
            Console.WriteLine($"  {finding.Id} {finding.Severity}: {finding.Message}");
        if (findings.Length == 0)
            return Fail("the fault was not found");

        Title("Plan");
        RepairPlan plan = RepairPlanner.Plan(report, lab.Policy);
        PlanView.Write(Terminal.CreateConsole(), plan);
        var executor = new RepairExecutor(lab.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, cancellationToken);
        Console.WriteLine($"  Without a change: {dry.Status}{(dry.Reason.Length > 0 ? $" ({dry.Reason})" : "")}");

        Title("Repair");
        var view = new RepairView(Terminal.CreateConsole());
        RepairOutcome outcome = await executor.ApplyAsync(plan, lab.Journal, view, cancellationToken);
        view.Write(outcome);

        Title("Proof");
        Show(lab);
        int left = Findings(await DiagnoseAsync(lab, cancellationToken), scenario).Length;
        bool isSeen = scenario.Name is "leaked" or "orphan" || lab.SeesData;
        Console.WriteLine(left == 0 ? $"  {string.Join(", ", scenario.Findings)}: not found any more" : $"  {left} findings are left");
        if (scenario.Name is not ("leaked" or "orphan"))
            Console.WriteLine(isSeen ? "  The container's file is seen where the engine looks for it" : "  The container's file is not seen");
        if (outcome.Status != RepairOutcomeStatus.Succeeded || left > 0 || !isSeen)
            return Fail(outcome.Reason);
        return parsed.GetValue(s_rollback) ? await RollBackAsync(lab, executor, before, cancellationToken) : ExitCode.Ok;
    }

    private static async Task<int> RollBackAsync(LabNamespace lab, RepairExecutor executor, string[] before, CancellationToken cancellationToken)
    {
        Title("Rollback");
        var view = new RepairView(Terminal.CreateConsole());
        RepairOutcome outcome = await executor.RollbackAsync(lab.Journal, view, cancellationToken);
        view.Write(outcome);
        if (outcome.Status != RepairOutcomeStatus.RolledBack)
            return Fail(outcome.Reason);
        return before.Order(StringComparer.Ordinal).SequenceEqual(Show(lab).Order(StringComparer.Ordinal), StringComparer.Ordinal) ? ExitCode.Ok : Fail("the mounts are not those before");
    }

    private static async Task<DiagnosisReport> DiagnoseAsync(LabNamespace lab, CancellationToken cancellationToken) =>
        new StorageDiagnoser().Diagnose(await lab.Host.CaptureAsync(cancellationToken), cancellationToken: cancellationToken);

    /// <summary>Those of the scenario, in the lab: the host may have faults of its own.</summary>
    private static Finding[] Findings(DiagnosisReport report, LabScenario scenario) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && scenario.Findings.Contains(finding.Id, StringComparer.Ordinal))];

    /// <summary>Writes the mounts; gives them without their numbers.</summary>
    private static string[] Show(LabNamespace lab)
    {
        List<string> lines = [];
        foreach ((Overlay2.Storage.Mounts.MountEntry mount, bool isHidden) in lab.Mounts())
        {
            string point = mount.MountPoint.ToString()[lab.Scratch.Length..];
            lines.Add($"{mount.FileSystemType} {mount.Major}:{mount.Minor} {mount.Root} {point}{(isHidden ? " hidden" : "")}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {mount.MountId,4} on {mount.ParentId,4}  {mount.FileSystemType,-8} {(point.Length == 0 ? "/" : point)}{(isHidden ? "   HIDDEN" : "")}"));
        }

        return [.. lines];
    }

    private static void Title(string text) => Console.WriteLine($"\n== {text}");

    private static int Fail(string reason)
    {
        Console.Error.WriteLine($"overlay2: {reason}");
        return ExitCode.WouldFail;
    }
}
