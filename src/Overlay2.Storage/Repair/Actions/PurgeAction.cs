using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Removes an entry of a store's quarantine, with everything that is in it. Nothing undoes that.</summary>
/// <remarks>No link is followed, and no mount entered. A removal that ended half way can be done again: the entry itself goes last.</remarks>
/// <param name="Place">The entry, one name below the directory that is called as the driver home with <c>-quarantine</c> behind.</param>
/// <param name="Identity">How it is known again: its type, its inode and its time of change. A resumed step does without the time, which its first try changed.</param>
internal sealed record PurgeAction(StorePlace Place, EntryIdentity Identity) : RepairAction
{
    internal override string? WhyFinal => "was begun, and what it removed is gone";

    internal override BytePath? StoreRoot => Place.Root;

    internal override HostResult Run(RepairHost host) => host.Entries.PurgeEntry(Place, Identity);

    internal override bool IsAllowedIn(RepairPlan plan) => plan.Policy.MaxRisk >= RepairRisk.R4;

    internal override bool IsAllowedAsUndo(RepairPlan plan) => false;

    internal override string? FindLack(RepairPlan plan, RepairStep step) => IsAsked(plan, step) ? null : "removes something for good, and lacks what such a step has to have";

    internal override ScriptPart ToScript()
    {
        Place.FullPath.TryGetParent(out BytePath quarantine);
        return ScriptPart.Command($"[ ! -L {ShellScript.Quote(quarantine.Bytes)} ] && rm -rf --one-file-system -- {ShellScript.Quote(Place)}");
    }

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(false);

    // The first try changed when the entry was changed last.
    internal override RepairStep Again(RepairStep step)
    {
        EntryIdentity identity = Identity with { ModifiedAt = null };
        return step with
        {
            Action = this with { Identity = identity },
            Preconditions = [.. step.Preconditions.Select(condition => condition is IdentityPredicate known && known.Place == Place ? known with { Identity = identity } : condition)],
        };
    }

    /// <summary>What is removed for good is named by the policy, in a plan of its own, known again, and looked for in mount tables.</summary>
    private bool IsAsked(RepairPlan plan, RepairStep step) =>
        plan.Policy.QuarantineGrace >= TimeSpan.Zero && plan.Policy.Only.Count == 1 && plan.Policy.Only.Contains(FindingIds.Quarantine) && plan.Steps.All(other => other.Action is PurgeAction)
        && step.Risk >= RepairRisk.R4 && step.Undo.IsEmpty && Place is { } place && Identity is { Inode: not null, ModifiedAt: not null } identity
        && PlanPaths.IsPlain(place) && StoreLayout.IsQuarantined(place)
        && step.Preconditions.Contains(new IdentityPredicate(place, identity)) && step.Preconditions.Contains(new NoMountBelowPredicate(place.FullPath))
        && step.Postconditions.Contains(new EntryPredicate(place, EntryState.Missing));
}
