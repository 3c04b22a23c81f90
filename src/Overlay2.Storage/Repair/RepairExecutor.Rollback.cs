using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Execution;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class RepairExecutor
{
    /// <summary>Undoes what a run did, the last step first: all of it, or nothing.</summary>
    /// <param name="journal">The journal's directory.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends it between two steps; what is begun is undone to its end.</param>
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
    /// <exception cref="OperationCanceledException">The token was cancelled before the first step was looked at: nothing was done.</exception>
    public async Task<RepairOutcome> RollbackAsync(BytePath journal, IProgress<RepairStepOutcome>? progress = null, CancellationToken cancellationToken = default)
    {
        using RepairJournal lines = RepairJournal.Open(journal, _time);
        RepairPlan plan = lines.Plan;
        if (_host.TryBegin(plan, out IDisposable? held) is { } busy)
            return Refuse(busy);
        using IDisposable? run = held;
        StorageSnapshot snapshot = await _host.CaptureAsync(cancellationToken).ConfigureAwait(false);
        if (FindHindrance(plan, snapshot) is { } other)
            return Refuse(other);
        if (new KnownPlaces(plan, snapshot).FindStranger(plan) is { } place)
            return Refuse($"the plan is about {place}, and no store that is found has to do with that");
        if (lines.Entries.Any(entry => entry.Kind == JournalEntryKind.RolledBack))
            return Refuse("the run was rolled back already");

        var outcomes = ImmutableArray.CreateBuilder<RepairStepOutcome>();
        HashSet<int> done = Steps(lines, JournalEntryKind.Done, JournalEntryKind.Skipped);
        HashSet<int> open = Steps(lines, JournalEntryKind.Intent);
        open.ExceptWith(Steps(lines, JournalEntryKind.Undone));
        int[] order = [.. open.OrderDescending()];
        _host.Entries.NameSpares(lines.Mark);
        var undoer = new StepUndoer(_host, _engine, plan, lines, Checkpoint);
        foreach (int i in order)
        {
            if (await undoer.FindHindranceAsync(i, done.Contains(i), cancellationToken).ConfigureAwait(false) is { } hindrance)
                return Refuse($"step {i + 1} ({plan.Steps[i].Title}) {hindrance}; nothing was changed");
        }

        foreach (int i in order)
        {
            if (cancellationToken.IsCancellationRequested)
                return End(RepairOutcomeStatus.Cancelled, Cancelled, outcomes);
            Task<string?> undoing = undoer.UndoAsync(i, done.Contains(i));
            if (await ReportAsync(undoing, "undone", i, plan.Steps[i], outcomes, progress).ConfigureAwait(false) is { } failure)
                return End(RepairOutcomeStatus.Stopped, $"step {i + 1} ({plan.Steps[i].Title}) is not undone: {failure}", outcomes);
        }

        lines.Note(JournalEntryKind.RolledBack, -1);
        return End(RepairOutcomeStatus.RolledBack, "", outcomes);
    }
}
