using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Makes a directory that is a private mount of its own, in which mounts can be kept for a while.</summary>
/// <param name="Place">The directory; its parents are made too.</param>
internal sealed record MakePlaceAction(BytePath Place) : RepairAction
{
    // The directory is made a mount first, and then private.
    internal override bool MayBeHalfDone => true;

    internal override ImmutableArray<BytePath> MountPoints => [Place];

    internal override HostResult Run(RepairHost host) => host.Mounts.MakePlace(Place);

    internal override HostResult Tidy(RepairHost host) => host.Mounts.TidyPlace(Place);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsKept(plan, Place);

    internal override ScriptPart ToScript()
    {
        string place = ShellScript.Quote(Place.Bytes);
        return ScriptPart.Command($"(umask 077 && mkdir -p {place}) && mount --bind {place} {place} && mount --make-private {place}");
    }

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(state.Mounts().GetByMountPoint(Place).IsEmpty);
}
