using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Execution;

/// <summary>Undoes the steps of a run, by what its journal tells and by how the machine is.</summary>
internal sealed class StepUndoer(RepairHost host, IEngineControl? engine, RepairPlan plan, RepairJournal journal, Action<string>? checkpoint)
{
    /// <summary>What the journal took down right before each step was tried last.</summary>
    private readonly Dictionary<int, string> _noted = journal.Entries.Where(entry => entry.Kind == JournalEntryKind.Intent).GroupBy(entry => entry.Step, entry => entry.Text).ToDictionary(tries => tries.Key, tries => tries.Last());

    /// <summary>The steps whose undoing an earlier run began.</summary>
    private readonly HashSet<int> _begun = [.. journal.Entries.Where(entry => entry.Kind == JournalEntryKind.UndoIntent).Select(entry => entry.Step)];

    /// <summary>Why a step that was begun can never be undone; <see langword="null"/> if it can, or need not.</summary>
    public async Task<string?> FindHindranceAsync(int index, bool isDone, CancellationToken cancellationToken)
    {
        RepairStep step = plan.Steps[index];
        if (step.Action.WhyFinal is { } final)
            return final;
        if (step.Undo.Any(action => action.NeedsEngine))
            return engine is null ? $"is undone through the engine, and {MachineState.NoEngine}" : null;
        return !step.Undo.IsEmpty || await IsAsBeforeAsync(step, index, isDone, cancellationToken).ConfigureAwait(false) ? null
            : isDone ? "cannot be undone"
            : "cannot be undone, and may have been done";
    }

    /// <summary>Undoes a step, unless there is nothing to undo.</summary>
    /// <returns>Why it is not undone; <see langword="null"/> if it is.</returns>
    public async Task<string?> UndoAsync(int index, bool isDone)
    {
        RepairStep step = plan.Steps[index];
        if (step.Action.Tidy(host) is { IsDone: false } untidy)
            return untidy.Error;
        if (await IsAsBeforeAsync(step, index, isDone, CancellationToken.None).ConfigureAwait(false))
        {
            if (_begun.Contains(index) && step.Undo.Select(action => action.Finish(host)).FirstOrDefault(result => !result.IsDone) is { IsDone: false } unfinished)
                return unfinished.Error;
            journal.Note(JournalEntryKind.Undone, index);
            return null;
        }

        journal.Note(JournalEntryKind.UndoIntent, index);
        foreach (RepairAction action in step.Undo)
        {
            checkpoint?.Invoke("before undo");
            HostResult result = await action.RunAsync(host, engine, CancellationToken.None).ConfigureAwait(false);
            checkpoint?.Invoke("after undo");
            if (!result.IsDone)
                return result.Error;
        }

        if (step.Action.MissedByUndo is { } missed && !await step.Action.IsUndoneAsync(new MachineState(host, engine), _noted.GetValueOrDefault(index, "")).ConfigureAwait(false))
            return missed;
        journal.Note(JournalEntryKind.Undone, index);
        return null;
    }

    /// <summary>Whether there is nothing to undo: the step was not done, or is undone.</summary>
    private async Task<bool> IsAsBeforeAsync(RepairStep step, int index, bool isDone, CancellationToken cancellationToken)
    {
        // What the engine was asked for before a crash it may still be doing: how it is now proves nothing.
        if (!isDone && step.Action.NeedsEngine)
            return false;
        MachineState state = new(host, engine);
        return (!isDone && await state.FindUnmetAsync(step.Postconditions, cancellationToken).ConfigureAwait(false) is not null)
            || await step.Action.IsUndoneAsync(state, _noted.GetValueOrDefault(index, "")).ConfigureAwait(false);
    }
}
