using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class RepairExecutor
{
    /// <summary>Undoes what a run did, the last step first: all of it, or nothing.</summary>
    /// <param name="journal">The journal's directory.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <remarks>
    /// <para>A step that nothing undoes makes the whole refused, with the step's name and before anything is changed; the run can then still be resumed.</para>
    /// <para>Mounts are as before, but for what the engine mounts: an overlay that a container is started for again has a new device and a new
    /// id, and shows the same. It is not mounted by itself, since its layers may be mounted elsewhere still. So undoing its unmount, as undoing the stop
    /// of its container, is to stop the container, where it runs, and to start it. The start of a container is undone by its stop. Starting the engine again
    /// changes nothing that could be given back: undoing it is to see that an engine answers, and to start one where none does or
    /// where a crash left open whether it was started.</para>
    /// <para>One that ended early is begun again by the same call.</para>
    /// </remarks>
    /// <exception cref="RepairJournalException">The journal cannot be read or written.</exception>
    /// <exception cref="RepairPlanException">The journal's plan is none.</exception>
    public async Task<RepairOutcome> RollbackAsync(BytePath journal, IProgress<RepairStepOutcome>? progress = null, CancellationToken cancellationToken = default)
    {
        using RepairJournal lines = RepairJournal.Open(journal);
        RepairPlan plan = lines.Plan;
        StorageSnapshot snapshot = await _host.CaptureAsync(cancellationToken).ConfigureAwait(false);
        if (FindOtherHost(plan, snapshot) is { } other)
            return Refuse(other);
        if (lines.Entries.Any(entry => entry.Kind == JournalEntryKind.RolledBack))
            return Refuse("the run was rolled back already");

        var outcomes = ImmutableArray.CreateBuilder<RepairStepOutcome>();
        HashSet<int> done = Steps(lines, JournalEntryKind.Done, JournalEntryKind.Skipped);
        HashSet<int> open = Steps(lines, JournalEntryKind.Intent);
        open.ExceptWith(Steps(lines, JournalEntryKind.Undone));
        int[] order = [.. open.OrderDescending()];
        foreach (int i in order)
        {
            if (await FindHindranceAsync(plan.Steps[i], i, done.Contains(i), lines).ConfigureAwait(false) is { } hindrance)
                return Refuse($"step {i + 1} ({plan.Steps[i].Title}) {hindrance}; nothing was changed");
        }

        foreach (int i in order)
        {
            if (cancellationToken.IsCancellationRequested)
                return End(RepairOutcomeStatus.Cancelled, "cancelled between two steps", outcomes);
            Task<string?> undoing = UndoAsync(plan.Steps[i], i, done.Contains(i), lines);
            if (await ReportAsync(undoing, "undone", i, plan.Steps[i], outcomes, progress).ConfigureAwait(false) is { } failure)
                return End(RepairOutcomeStatus.Stopped, $"step {i + 1} ({plan.Steps[i].Title}) is not undone: {failure}", outcomes);
        }

        Note(lines, JournalEntryKind.RolledBack, -1);
        return End(RepairOutcomeStatus.RolledBack, "", outcomes);
    }

    /// <summary>Why a step that was begun can never be undone; <see langword="null"/> if it can, or need not.</summary>
    private async Task<string?> FindHindranceAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        if (step.Action.WhyFinal is { } final)
            return final;
        if (step.Undo.Any(action => action.NeedsEngine))
            return _engine is null ? "is undone through the engine, and no control of the engine is given" : null;
        return !step.Undo.IsEmpty || await IsAsBeforeAsync(step, index, isDone, journal).ConfigureAwait(false) ? null
            : isDone ? "cannot be undone"
            : "cannot be undone, and may have been done";
    }

    private async Task<string?> UndoAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        if (step.Action.Tidy(_host) is { IsDone: false } untidy)
            return untidy.Error;
        if (await IsAsBeforeAsync(step, index, isDone, journal).ConfigureAwait(false))
        {
            Note(journal, JournalEntryKind.Undone, index);
            return null;
        }

        Note(journal, JournalEntryKind.UndoIntent, index);
        foreach (RepairAction action in step.Undo)
        {
            Checkpoint?.Invoke("before undo");
            HostResult result = await action.RunAsync(_host, _engine, CancellationToken.None).ConfigureAwait(false);
            Checkpoint?.Invoke("after undo");
            if (!result.IsDone)
                return result.Error;
        }

        if (step.Action.MissedByUndo is { } missed && !await step.Action.IsUndoneAsync(new MachineState(_host, _engine), NotedBefore(index, journal)).ConfigureAwait(false))
            return missed;
        Note(journal, JournalEntryKind.Undone, index);
        return null;
    }

    /// <summary>Whether there is nothing to undo: the step was not done, or is undone.</summary>
    private async Task<bool> IsAsBeforeAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        // What the engine was asked for before a crash it may still be doing: how it is now proves nothing.
        if (!isDone && step.Action.NeedsEngine)
            return false;
        MachineState state = new(_host, _engine);
        return (!isDone && await state.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is not null)
            || await step.Action.IsUndoneAsync(state, NotedBefore(index, journal)).ConfigureAwait(false);
    }

    /// <summary>What the journal took down right before a step was tried last.</summary>
    private static string NotedBefore(int index, RepairJournal journal) =>
        journal.Entries.LastOrDefault(entry => entry.Kind == JournalEntryKind.Intent && entry.Step == index)?.Text ?? "";
}
