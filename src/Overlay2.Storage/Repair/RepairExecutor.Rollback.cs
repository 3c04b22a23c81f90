using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class RepairExecutor
{
    /// <summary>Undoes what a run did, the last step first.</summary>
    /// <param name="journal">The journal's directory.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
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
        HashSet<int> done = Steps(lines, JournalEntryKind.Done);
        HashSet<int> begun = Steps(lines, JournalEntryKind.Intent);
        HashSet<int> undone = Steps(lines, JournalEntryKind.Undone);
        for (int i = plan.Steps.Length - 1; i >= 0; i--)
        {
            if (undone.Contains(i) || !begun.Contains(i))
                continue;
            if (cancellationToken.IsCancellationRequested)
                return End(RepairOutcomeStatus.Cancelled, "cancelled between two steps", outcomes);
            string? failure;
            try
            {
                failure = await UndoAsync(plan.Steps[i], i, done.Contains(i), lines).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                failure = e.Message;
            }

            var outcome = new RepairStepOutcome(i, plan.Steps[i].Title, failure ?? "undone");
            outcomes.Add(outcome);
            progress?.Report(outcome);
            LogStep(i + 1, plan.Steps[i].Title, outcome.Result);
            if (failure is not null)
                return End(RepairOutcomeStatus.Stopped, $"step {i + 1} ({plan.Steps[i].Title}) is not undone: {failure}", outcomes);
        }

        Note(lines, JournalEntryKind.RolledBack, -1);
        return End(RepairOutcomeStatus.RolledBack, "", outcomes);
    }

    private async Task<string?> UndoAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        MachineState state = new(_host, _engine);
        bool holds = await state.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is null;
        if ((!isDone && !holds) || IsUndone(step, index, state, journal))
        {
            Note(journal, JournalEntryKind.Undone, index);
            return null;
        }

        if (step.Undo.IsEmpty)
            return "it cannot be undone";
        Note(journal, JournalEntryKind.UndoIntent, index);
        foreach (RepairAction action in step.Undo)
        {
            Checkpoint?.Invoke("before undo");
            HostResult result = await _runner.RunAsync(action, CancellationToken.None).ConfigureAwait(false);
            Checkpoint?.Invoke("after undo");
            if (!result.IsDone)
                return result.Error;
        }

        Note(journal, JournalEntryKind.Undone, index);
        return null;
    }

    /// <summary>Whether the state before a step is there again: a crash may have come between the undo and its line in the journal.</summary>
    private static bool IsUndone(RepairStep step, int index, MachineState state, RepairJournal journal)
    {
        switch (step.Action)
        {
            case ReplaceConfigurationAction replace:
                return ConfigurationPredicate.Holds(state.Configuration(replace.Path), replace.Original);
            case SetModuleParameterAction set:
                return state.ModuleParameter(set.Parameter) == set.From;
        }

        MountTable table = state.Mounts();
        switch (step.Action)
        {
            case UnmountAction { NamespaceId: 0 } unmount:
                string counted = journal.Entries.LastOrDefault(entry => entry.Kind == JournalEntryKind.Intent && entry.Step == index)?.Text ?? "";
                return int.TryParse(counted, CultureInfo.InvariantCulture, out int before) && Count(table, unmount.Mount) >= before;
            case MoveMountAction move:
                return move.Mount.FindIn(table) is not null;
            case MakePrivateAction make:
                return make.Mount.Again().FindIn(table) is { Propagation.IsPrivate: false };
            case BindAction bind:
                return table.GetByMountPoint(bind.Target).Count() < 2;
            case MakePlaceAction place:
                return table.GetByMountPoint(place.Place).IsEmpty;
            case RemovePlaceAction place:
                return !table.GetByMountPoint(place.Place).IsEmpty;
            default:
                return false;
        }
    }

    /// <summary>How many mounts like the one of a step there are: its undo makes another one.</summary>
    private static string CountLike(RepairStep step, MachineState state) =>
        step.Action is UnmountAction { NamespaceId: 0 } unmount ? Count(state.Mounts(), unmount.Mount).ToString(CultureInfo.InvariantCulture) : "";

    private static int Count(MountTable table, MountFingerprint mount)
    {
        MountFingerprint like = mount.Again();
        int count = 0;
        foreach (MountEntry entry in table.GetByMountPoint(mount.MountPoint))
            count += like.Matches(entry) ? 1 : 0;
        return count;
    }
}
