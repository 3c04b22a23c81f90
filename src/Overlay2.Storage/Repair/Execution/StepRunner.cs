using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Execution;

/// <summary>Does the steps of one run: each is looked at before and after, and is in the journal before and after.</summary>
internal sealed class StepRunner(RepairHost host, IEngineControl? engine, RepairPlan plan, RepairJournal? journal, Action<string>? checkpoint)
{
    /// <summary>The steps that an earlier one may have done with its own.</summary>
    private readonly HashSet<int> _caused = [];

    /// <summary>Does a step.</summary>
    /// <param name="index">The step's place in the plan.</param>
    /// <param name="mayBeDone">Whether an earlier try or an earlier step may have done it.</param>
    /// <param name="cancellationToken">Ends the looking before the step is begun; from then on the step is done to its end, since one that is cut is neither done nor undone.</param>
    /// <returns>Why it is not done; <see langword="null"/> if it is.</returns>
    public async Task<string?> DoAsync(int index, bool mayBeDone, CancellationToken cancellationToken)
    {
        RepairStep step = plan.Steps[index];
        mayBeDone |= _caused.Contains(index);
        if (mayBeDone && step.Action.Tidy(host) is { IsDone: false } untidy)
            return untidy.Error;
        MachineState before = new(host, engine);
        if (mayBeDone && step.Action.IsSeenWhenDone && await before.FindUnmetAsync(step.Postconditions, cancellationToken).ConfigureAwait(false) is null)
        {
            journal?.Note(JournalEntryKind.Skipped, index);
            return null;
        }

        if (mayBeDone)
            step = step.Action.Again(step);
        bool isHalfDone = mayBeDone && step.Action.MayBeHalfDone;
        if (!isHalfDone && await before.FindUnmetAsync(step.Preconditions, cancellationToken).ConfigureAwait(false) is { } unmet)
            return Fail(index, unmet);

        List<int> open = await FindOpenAsync(index + 1, before, cancellationToken).ConfigureAwait(false);
        checkpoint?.Invoke("before intent");
        journal?.Note(JournalEntryKind.Intent, index, step.Action.Note(before));
        checkpoint?.Invoke("before action");
        HostResult result = await step.Action.RunAsync(host, engine, CancellationToken.None).ConfigureAwait(false);
        checkpoint?.Invoke("after action");
        if (!result.IsDone)
            return Fail(index, result.Error);

        MachineState after = new(host, engine);
        if (await after.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is { } missed)
            return Fail(index, $"it was done, and {missed}");
        foreach (int later in open)
        {
            if (await after.FindUnmetAsync(plan.Steps[later].Postconditions, CancellationToken.None).ConfigureAwait(false) is null)
                _caused.Add(later);
        }

        journal?.Note(JournalEntryKind.Done, index);
        checkpoint?.Invoke("after done");
        return null;
    }

    /// <summary>The later steps that may come by themselves and whose goal does not hold yet: where it holds after this step, this step caused it, by propagation for instance.</summary>
    private async Task<List<int>> FindOpenAsync(int first, MachineState state, CancellationToken cancellationToken)
    {
        List<int> open = [];
        for (int i = first; i < plan.Steps.Length; i++)
        {
            if (plan.Steps[i].Action.MayComeByItself && await state.FindUnmetAsync(plan.Steps[i].Postconditions, cancellationToken).ConfigureAwait(false) is not null)
                open.Add(i);
        }

        return open;
    }

    private string Fail(int index, string reason)
    {
        journal?.Note(JournalEntryKind.Failed, index, reason);
        return reason;
    }
}
