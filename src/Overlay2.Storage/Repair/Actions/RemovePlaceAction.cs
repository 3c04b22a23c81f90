using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Takes away what <see cref="MakePlaceAction"/> made; refused while anything is mounted there.</summary>
/// <param name="Place">The directory.</param>
internal sealed record RemovePlaceAction(BytePath Place) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Place];

    internal override HostResult Run(RepairHost host) => host.Mounts.RemovePlace(Place);

    internal override HostResult Tidy(RepairHost host) => host.Mounts.TidyPlace(Place);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsKept(plan, Place);

    internal override ScriptPart ToScript()
    {
        string place = ShellScript.Quote(Place.Bytes);
        return ScriptPart.Command($"umount {place} && {{ rmdir {place}/* 2> /dev/null; rmdir {place}; }}");
    }

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(!state.Mounts().GetByMountPoint(Place).IsEmpty);
}
