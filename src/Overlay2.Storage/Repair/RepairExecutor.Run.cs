using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class RepairExecutor
{
    private static readonly ActivitySource s_activities = new("Overlay2.Storage");

    private async Task<RepairOutcome> RunAsync(RepairPlan plan, RepairJournal? journal, IProgress<RepairStepOutcome>? progress, CancellationToken cancellationToken)
    {
        var outcomes = ImmutableArray.CreateBuilder<RepairStepOutcome>();
        HashSet<int> done = Steps(journal, JournalEntryKind.Done, JournalEntryKind.Skipped);
        HashSet<int> begun = Steps(journal, JournalEntryKind.Intent);
        HashSet<int> caused = [];
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            RepairStep step = plan.Steps[i];
            if (done.Contains(i))
                continue;
            if (cancellationToken.IsCancellationRequested)
                return End(RepairOutcomeStatus.Cancelled, "cancelled between two steps", outcomes);

            using Activity? activity = s_activities.StartActivity("repair step");
            activity?.SetTag("overlay2.step", step.Title);
            Task<string?> doing = DoAsync(step, i, begun.Contains(i) || caused.Contains(i), plan, caused, journal);
            if (await ReportAsync(doing, "done", i, step, outcomes, progress).ConfigureAwait(false) is { } failure)
                return End(RepairOutcomeStatus.Stopped, $"step {i + 1} ({step.Title}): {failure}", outcomes);
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
        progress?.Report(outcome);
        LogStep(index + 1, step.Title, outcome.Result);
        return failure;
    }

    /// <summary>Does a step.</summary>
    /// <returns>Why it is not done; <see langword="null"/> if it is.</returns>
    private async Task<string?> DoAsync(RepairStep step, int index, bool mayBeDone, RepairPlan plan, HashSet<int> caused, RepairJournal? journal)
    {
        if (mayBeDone && step.Action.Tidy(_host) is { IsDone: false } untidy)
            return untidy.Error;
        MachineState before = new(_host, _engine);
        if (mayBeDone && step.Action.IsSeenWhenDone && await before.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is null)
        {
            Note(journal, JournalEntryKind.Skipped, index);
            return null;
        }

        if (mayBeDone)
            step = step.Action.Again(step);
        bool isHalfDone = mayBeDone && step.Action.MayBeHalfDone;
        if (!isHalfDone && await before.FindUnmetAsync(step.Preconditions, CancellationToken.None).ConfigureAwait(false) is { } unmet)
            return await FailAsync(journal, index, unmet).ConfigureAwait(false);

        List<int> open = await FindOpenAsync(plan, index + 1, before).ConfigureAwait(false);
        Checkpoint?.Invoke("before intent");
        Note(journal, JournalEntryKind.Intent, index, step.Action.Note(before));
        Checkpoint?.Invoke("before action");
        HostResult result = await step.Action.RunAsync(_host, _engine, CancellationToken.None).ConfigureAwait(false);
        Checkpoint?.Invoke("after action");
        if (!result.IsDone)
            return await FailAsync(journal, index, result.Error).ConfigureAwait(false);

        MachineState after = new(_host, _engine);
        if (await after.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is { } missed)
            return await FailAsync(journal, index, $"it was done, and {missed}").ConfigureAwait(false);
        foreach (int later in open)
        {
            if (await after.FindUnmetAsync(plan.Steps[later].Postconditions, CancellationToken.None).ConfigureAwait(false) is null)
                caused.Add(later);
        }

        Note(journal, JournalEntryKind.Done, index);
        Checkpoint?.Invoke("after done");
        return null;
    }

    /// <summary>The later steps that may come by themselves and whose goal does not hold yet: where it holds after this step, this step caused it, by propagation for instance.</summary>
    private static async Task<List<int>> FindOpenAsync(RepairPlan plan, int first, MachineState state)
    {
        List<int> open = [];
        for (int i = first; i < plan.Steps.Length; i++)
        {
            if (plan.Steps[i].Action.MayComeByItself && await state.FindUnmetAsync(plan.Steps[i].Postconditions, CancellationToken.None).ConfigureAwait(false) is not null)
                open.Add(i);
        }

        return open;
    }

    private Task<string?> FailAsync(RepairJournal? journal, int index, string reason)
    {
        Note(journal, JournalEntryKind.Failed, index, reason);
        return Task.FromResult<string?>(reason);
    }

    private RepairOutcome Finish(RepairPlan plan, DiagnosisReport report, RepairJournal? journal, ImmutableArray<RepairStepOutcome>.Builder outcomes)
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
            Note(journal, JournalEntryKind.Ended, -1, outcome.Status.ToString());
        }
        catch (RepairJournalException e)
        {
            return outcome with { Reason = $"{reason}{(reason.Length == 0 ? "" : "; ")}the end could not be noted: {e.Message}" };
        }

        return outcome;
    }

    internal static string KnownKey(string id, string causeKey) => $"{id} {causeKey}";

    private void Note(RepairJournal? journal, JournalEntryKind kind, int step, string text = "") => journal?.Append(new JournalEntry(kind, step, _time.GetUtcNow(), text));

    private static HashSet<int> Steps(RepairJournal? journal, params JournalEntryKind[] kinds) => journal is null ? [] : [.. journal.Entries.Where(entry => kinds.Contains(entry.Kind)).Select(entry => entry.Step)];

    private static RepairOutcome End(RepairOutcomeStatus status, string reason, ImmutableArray<RepairStepOutcome>.Builder outcomes) =>
        new() { Status = status, Reason = reason, Steps = outcomes.ToImmutable() };

    [LoggerMessage(1, LogLevel.Information, "Step {Number}, {Title}: {Result}")]
    private partial void LogStep(int number, string title, string result);
}
