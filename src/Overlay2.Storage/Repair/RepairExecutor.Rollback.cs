using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
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
        if (step.Action is PurgeAction)
            return "was begun, and what it removed is gone";
        if (step.Undo.Any(IsOfEngine))
            return _engine is null ? "is undone through the engine, and no control of the engine is given" : null;
        return !step.Undo.IsEmpty || await IsAsBeforeAsync(step, index, isDone, journal).ConfigureAwait(false) ? null
            : isDone ? "cannot be undone"
            : "cannot be undone, and may have been done";
    }

    private async Task<string?> UndoAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        if (_runner.Tidy(step.Action) is { IsDone: false } untidy)
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
            HostResult result = await _runner.RunAsync(action, CancellationToken.None).ConfigureAwait(false);
            Checkpoint?.Invoke("after undo");
            if (!result.IsDone)
                return result.Error;
        }

        if (step.Action is UnmountAction && !await IsUndoneAsync(step, index, new MachineState(_host, _engine), journal).ConfigureAwait(false))
            return "its undo did not bring the mount back";
        Note(journal, JournalEntryKind.Undone, index);
        return null;
    }

    /// <summary>Whether there is nothing to undo: the step was not done, or is undone.</summary>
    private async Task<bool> IsAsBeforeAsync(RepairStep step, int index, bool isDone, RepairJournal journal)
    {
        // What the engine was asked for before a crash it may still be doing: how it is now proves nothing.
        if (!isDone && IsOfEngine(step.Action))
            return false;
        MachineState state = new(_host, _engine);
        return (!isDone && await state.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is not null)
            || await IsUndoneAsync(step, index, state, journal).ConfigureAwait(false);
    }

    private static bool IsOfEngine(RepairAction action) => action is ContainerAction or RestartEngineAction;

    /// <summary>Whether the state before a step is there again: a crash may have come between the undo and its line in the journal.</summary>
    private async Task<bool> IsUndoneAsync(RepairStep step, int index, MachineState state, RepairJournal journal)
    {
        return step.Action switch
        {
            UnmountAction { NamespaceId: 0 } unmount => IsBack(unmount.Mount, index, state, journal),
            MoveMountAction move => move.Mount.FindIn(state.Mounts()) is not null,
            MakePrivateAction make => make.Mount.Again().FindIn(state.Mounts()) is { Propagation.IsPrivate: false },
            BindAction bind => state.Mounts().GetByMountPoint(bind.Target).Count() < 2,
            MakePlaceAction place => state.Mounts().GetByMountPoint(place.Place).IsEmpty,
            RemovePlaceAction place => !state.Mounts().GetByMountPoint(place.Place).IsEmpty,
            ReplaceConfigurationAction replace => ConfigurationPredicate.Holds(state.Configuration(replace.Path), replace.Original),
            SetModuleParameterAction set => state.ModuleParameter(set.Parameter) == set.From,
            ReplaceEntryAction written => await HoldsAsync(new EntryPredicate(written.Place, written.From)).ConfigureAwait(false),
            SetAttributeAction attribute => await HoldsAsync(new AttributePredicate(attribute.Place, attribute.Attribute, !attribute.IsSet)).ConfigureAwait(false),
            MoveEntryAction entry => await HoldsAsync(new IdentityPredicate(entry.From, entry.Identity)).ConfigureAwait(false),
            ContainerAction container when _engine is not null =>
                await _engine.IsRunningAsync(container.ContainerId, CancellationToken.None).ConfigureAwait(false) == !container.Start,
            RestartEngineAction when _engine is not null => await _engine.AnswersAsync(CancellationToken.None).ConfigureAwait(false),
            _ => false,
        };

        async Task<bool> HoldsAsync(RepairPredicate predicate) => await state.FindUnmetAsync([predicate], CancellationToken.None).ConfigureAwait(false) is null;
    }

    /// <summary>Whether there are as many mounts like the one of a step as the journal counted before it.</summary>
    private static bool IsBack(MountFingerprint mount, int index, MachineState state, RepairJournal journal)
    {
        string counted = journal.Entries.LastOrDefault(entry => entry.Kind == JournalEntryKind.Intent && entry.Step == index)?.Text ?? "";
        return int.TryParse(counted, CultureInfo.InvariantCulture, out int before) && Count(state.Mounts(), mount) >= before;
    }

    /// <summary>How many mounts like the one of a step there are: its undo makes another one.</summary>
    private static string CountLike(RepairStep step, MachineState state) =>
        step.Action is UnmountAction { NamespaceId: 0 } unmount ? Count(state.Mounts(), unmount.Mount).ToString(CultureInfo.InvariantCulture) : "";

    private static int Count(MountTable table, MountFingerprint mount)
    {
        MountFingerprint like = mount.Again();
        int count = 0;
        foreach (MountEntry entry in table.GetByMountPoint(mount.MountPoint))
        {
            // An overlay that is mounted anew has another device.
            MountFingerprint same = entry.IsOverlay ? like with { Major = entry.Major, Minor = entry.Minor } : like;
            count += same.Matches(entry) ? 1 : 0;
        }

        return count;
    }
}
