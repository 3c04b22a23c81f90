using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair.Execution;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class RepairExecutor
{
    private const string Cancelled = "cancelled between two steps";

    private static readonly ActivitySource s_activities = new("Overlay2.Storage");

    private async Task<RepairOutcome> RunAsync(RepairPlan plan, RepairJournal? journal, IProgress<RepairStepOutcome>? progress, CancellationToken cancellationToken)
    {
        var outcomes = ImmutableArray.CreateBuilder<RepairStepOutcome>();
        HashSet<int> done = Steps(journal, JournalEntryKind.Done, JournalEntryKind.Skipped);
        HashSet<int> begun = Steps(journal, JournalEntryKind.Intent);
        if (journal is not null)
            _host.Entries.NameSpares(journal.Mark);
        var runner = new StepRunner(_host, _engine, plan, journal, Checkpoint);
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            RepairStep step = plan.Steps[i];
            if (done.Contains(i))
                continue;
            if (cancellationToken.IsCancellationRequested)
                return End(RepairOutcomeStatus.Cancelled, Cancelled, outcomes);

            using Activity? activity = s_activities.StartActivity("repair step");
            activity?.SetTag("overlay2.step", step.Title);
            try
            {
                Task<string?> doing = runner.DoAsync(i, begun.Contains(i), cancellationToken);
                if (await ReportAsync(doing, "done", i, step, outcomes, progress).ConfigureAwait(false) is { } failure)
                    return End(RepairOutcomeStatus.Stopped, $"step {i + 1} ({step.Title}): {failure}", outcomes);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return End(RepairOutcomeStatus.Cancelled, Cancelled, outcomes);
            }
        }

        // A run that came here is looked at to its end, even if the caller wants to leave.
        StorageSnapshot after = await _host.CaptureAsync(CancellationToken.None).ConfigureAwait(false);
        return Finish(plan, new StorageDiagnoser(plan.Diagnosis).Diagnose(after, cancellationToken: CancellationToken.None), journal, outcomes);
    }

    /// <summary>Waits for the end of a step, and tells how it ended.</summary>
    /// <returns>Why it failed; <see langword="null"/> if it did not.</returns>
    private async Task<string?> ReportAsync(
        Task<string?> work, string success, int index, RepairStep step, ImmutableArray<RepairStepOutcome>.Builder outcomes, IProgress<RepairStepOutcome>? progress)
    {
        string? failure;
        try
        {
            failure = await work.ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // Without the journal, or without a look at the machine, nothing more is done.
            failure = e.Message;
        }

        var outcome = new RepairStepOutcome(index, step.Title, failure ?? success);
        outcomes.Add(outcome);
        LogStep(index + 1, step.Title, outcome.Result);
        Show(progress, outcome);
        return failure;
    }

    /// <summary>Tells of a step. Who listens is no part of the repair: what goes wrong there is noted, and the run goes on.</summary>
    private void Show(IProgress<RepairStepOutcome>? progress, RepairStepOutcome outcome)
    {
        try
        {
            progress?.Report(outcome);
        }
#pragma warning disable CA1031 // Whatever a caller's code throws, the run must come to its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnshown(e, outcome.Index + 1);
        }
    }

    private static RepairOutcome Finish(RepairPlan plan, DiagnosisReport report, RepairJournal? journal, ImmutableArray<RepairStepOutcome>.Builder outcomes)
    {
        HashSet<string> found = KeysOf(report);
        HashSet<string> known = plan.KnownFindings.ToHashSet(StringComparer.Ordinal);
        RepairGoal? left = plan.Goals.FirstOrDefault(goal => found.Contains(KnownKey(goal.FindingId, goal.CauseKey)));
        Finding? came = report.Findings.FirstOrDefault(finding =>
            finding.Severity >= FindingSeverity.Warning && !known.Contains(KnownKey(finding.Id, finding.CauseKey)) && !plan.SuspendedRules.Contains(finding.Id, StringComparer.Ordinal));
        string reason = left is not null ? $"{left.FindingId} is still found on {left.Subject}" : came is not null ? $"a new finding came: {came}" : "";
        RepairOutcome outcome = End(reason.Length == 0 ? RepairOutcomeStatus.Succeeded : RepairOutcomeStatus.StillIll, reason, outcomes) with { Report = report };
        try
        {
            journal?.Note(JournalEntryKind.Ended, -1, outcome.Status.ToString());
        }
        catch (RepairJournalException e)
        {
            return outcome with { Reason = $"{reason}{(reason.Length == 0 ? "" : "; ")}the end could not be noted: {e.Message}" };
        }

        return outcome;
    }

    internal static string KnownKey(string id, string causeKey) => $"{id} {causeKey}";

    internal static HashSet<int> Steps(RepairJournal? journal, params JournalEntryKind[] kinds) => journal is null ? [] : [.. journal.Entries.Where(entry => kinds.Contains(entry.Kind)).Select(entry => entry.Step)];

    private static RepairOutcome End(RepairOutcomeStatus status, string reason, ImmutableArray<RepairStepOutcome>.Builder outcomes) =>
        new() { Status = status, Reason = reason, Steps = outcomes.ToImmutable() };

    [LoggerMessage(2, LogLevel.Warning, "Step {Number} could not be shown")]
    private partial void LogUnshown(Exception exception, int number);

    [LoggerMessage(1, LogLevel.Information, "Step {Number}, {Title}: {Result}")]
    private partial void LogStep(int number, string title, string result);
}
