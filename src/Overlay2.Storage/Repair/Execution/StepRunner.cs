using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Execution;

/// <summary>Does the steps of one run: each is looked at before and after, and is in the journal before and after.</summary>
internal sealed class StepRunner(RepairHost host, IEngineControl? engine, RepairPlan plan, RepairJournal? journal, Action<string>? checkpoint)
{
    /// <summary>The steps that an earlier one may have done with its own.</summary>
    private readonly HashSet<int> _caused = [];

    private readonly NamedMounts _named = new();

    /// <summary>The steps that end a mount, by its namespace, place and id.</summary>
    private readonly ILookup<(ulong NamespaceId, BytePath Place, int MountId), int> _ends = Enumerable.Range(0, plan.Steps.Length)
        .Where(i => plan.Steps[i].Action.MayEndByItself is not null)
        .ToLookup(i => plan.Steps[i].Action.MayEndByItself is var (namespaceId, mount) ? (namespaceId, mount.MountPoint, mount.MountId) : default);

    /// <summary>The last step that ends a mount in each namespace.</summary>
    private readonly Dictionary<ulong, int> _lastEnds = plan.Steps.Select((step, i) => (Ends: step.Action.MayEndByItself, Index: i)).Where(step => step.Ends is not null)
        .GroupBy(step => step.Ends!.Value.NamespaceId, step => step.Index).ToDictionary(steps => steps.Key, steps => steps.Last());

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
        MachineState before = new(host, engine, _named);
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

        Dictionary<ulong, MountTable> seen = step.Action.MendsStore ? [] : LaterNamespaces(index).ToDictionary(id => id, before.Mounts);
        checkpoint?.Invoke("before intent");
        journal?.Note(JournalEntryKind.Intent, index, step.Action.Note(before));
        checkpoint?.Invoke("before action");
        HostResult result = await step.Action.RunAsync(host, engine, CancellationToken.None).ConfigureAwait(false);
        checkpoint?.Invoke("after action");
        if (!result.IsDone)
            return Fail(index, result.Error);

        MachineState after = new(host, engine, _named);
        if (await after.FindUnmetAsync(step.Postconditions, CancellationToken.None).ConfigureAwait(false) is { } missed)
            return Fail(index, $"it was done, and {missed}");
        foreach (int later in seen.SelectMany(pair => FindEnded(index, pair.Key, pair.Value, after)))
        {
            ImmutableArray<RepairPredicate> goal = plan.Steps[later].Postconditions;
            if (await before.FindUnmetAsync(goal, CancellationToken.None).ConfigureAwait(false) is not null && await after.FindUnmetAsync(goal, CancellationToken.None).ConfigureAwait(false) is null)
                _caused.Add(later);
        }

        journal?.Note(JournalEntryKind.Done, index);
        checkpoint?.Invoke("after done");
        return null;
    }

    /// <summary>The mount namespaces in which later steps end mounts.</summary>
    private IEnumerable<ulong> LaterNamespaces(int index) => _lastEnds.Where(last => last.Value > index).Select(last => last.Key);

    /// <summary>The later steps whose mount went, or changed, while a step was done: that step may have caused it, by propagation for instance.</summary>
    private IEnumerable<int> FindEnded(int index, ulong namespaceId, MountTable before, MachineState after)
    {
        MountTable now = after.Mounts(namespaceId);
        if (now == before)
            return [];
        return before.Entries.Where(mount => !now.TryGet(mount.MountId, out MountEntry? left) || left.ParentId != mount.ParentId || left.MountPoint != mount.MountPoint)
            .SelectMany(mount => _ends[(namespaceId, mount.MountPoint, mount.MountId)].Concat(_ends[(namespaceId, mount.MountPoint, 0)]))
            .Where(later => later > index);
    }

    private string Fail(int index, string reason)
    {
        journal?.Note(JournalEntryKind.Failed, index, reason);
        return reason;
    }
}
