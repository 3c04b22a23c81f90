using System.CommandLine;
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
        {string.Join('\n', LabScenario.All.Select(scenario => $"  {scenario.Name,-23} {scenario.Description}"))}

        Examples:
          overlay2 lab self-bind
          overlay2 lab empty-link
          overlay2 lab cover-with-children --rollback     and undoes the repair in the end
        """;

    private static readonly Argument<string> s_name = new("scenario") { Description = "The fault.", HelpName = "SCENARIO" };
    private static readonly Option<bool> s_rollback = new("--rollback") { Description = "Undo the repair in the end, and compare what there is with what was there before it." };

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
        bool isUndone = parsed.GetValue(s_rollback);
        using var lab = LabNamespace.Open(scenario);
        if (scenario.Kind != LabKind.Mounts)
        {
            Title("Before");
            Write(lab.Show());
            Write(lab.Sound);
            if (Findings(await DiagnoseAsync(lab, cancellationToken), scenario).Length > 0)
                return Fail("the fault was found before it was made");
        }

        lab.Break();
        Title($"{scenario.Name}: {scenario.Description}");
        Write(lab.Show());
        IReadOnlyList<string> broken = lab.List();
        if (scenario.Kind != LabKind.Mounts)
            Write(lab.Prove());

        Title("Diagnosis");
        DiagnosisReport report = await DiagnoseAsync(lab, cancellationToken);
        Finding[] findings = Findings(report, scenario);
        Write([.. findings.Select(finding => $"{finding.Id} {finding.Severity}: {finding.Message}")]);
        if (findings.Length == 0)
            return Fail("the fault was not found");

        Title("Plan");
        RepairPlan plan = RepairPlanner.Plan(report, lab.Policy, cancellationToken);
        PlanView.Write(Terminal.CreateConsole(), plan, []);
        var executor = new RepairExecutor(lab.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, cancellationToken);
        Write([$"Without a change: {dry.Status}{(dry.Reason.Length > 0 ? $" ({dry.Reason})" : "")}"]);

        Title("Repair");
        var view = new RepairView(Terminal.CreateConsole());
        RepairOutcome outcome = await executor.ApplyAsync(plan, lab.Journal, view, cancellationToken);
        view.Write(outcome);

        Title("Proof");
        Write(lab.Show());
        int left = Findings(await DiagnoseAsync(lab, cancellationToken), scenario).Length;
        Write([left == 0 ? $"{string.Join(", ", scenario.Findings)}: not found any more" : $"{left} findings are left"]);
        IReadOnlyList<string> proof = isUndone && scenario.IsCleared ? lab.Sound : lab.Prove();
        Write(isUndone && scenario.IsCleared ? ["Not mounted: the kernel would clear away what the rollback needs"] : proof);
        if (outcome.Status != RepairOutcomeStatus.Succeeded || left > 0)
            return Fail(outcome.Reason);
        if (!proof.SequenceEqual(lab.Sound, StringComparer.Ordinal))
            return Fail("what is seen is not what was seen before the fault");
        return isUndone ? await RollBackAsync(lab, executor, broken, cancellationToken) : ExitCode.Ok;
    }

    private static async Task<int> RollBackAsync(LabNamespace lab, RepairExecutor executor, IReadOnlyList<string> broken, CancellationToken cancellationToken)
    {
        Title("Rollback");
        var view = new RepairView(Terminal.CreateConsole());
        RepairOutcome outcome = await executor.RollbackAsync(lab.Journal, view, cancellationToken);
        view.Write(outcome);
        if (outcome.Status != RepairOutcomeStatus.RolledBack)
            return Fail(outcome.Reason);
        Write(lab.Show());
        return broken.Order(StringComparer.Ordinal).SequenceEqual(lab.List().Order(StringComparer.Ordinal), StringComparer.Ordinal) ? ExitCode.Ok : Fail("what there is is not what was there before the repair");
    }

    private static async Task<DiagnosisReport> DiagnoseAsync(LabNamespace lab, CancellationToken cancellationToken) =>
        new StorageDiagnoser().Diagnose(await lab.Host.CaptureAsync(cancellationToken), cancellationToken: cancellationToken);

    /// <summary>Those of the scenario, in the lab: the host may have faults of its own.</summary>
    private static Finding[] Findings(DiagnosisReport report, LabScenario scenario) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && scenario.Findings.Contains(finding.Id, StringComparer.Ordinal))];

    private static void Write(IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
            Terminal.WriteLine($"  {line}");
    }

    private static void Title(ShownLine text) => Terminal.WriteLine($"\n== {text}");

    private static int Fail(string reason)
    {
        Terminal.Say($"{reason}");
        return ExitCode.WouldFail;
    }
}
