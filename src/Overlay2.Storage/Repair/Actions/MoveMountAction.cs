using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Moves a mount, with those on it, to another place.</summary>
/// <param name="Mount">The mount.</param>
/// <param name="Target">Where to; a directory.</param>
/// <param name="On">The mount that the target is on; <see langword="null"/> for a directory in a place of <see cref="MakePlaceAction"/>, which is made.</param>
internal sealed record MoveMountAction(MountFingerprint Mount, BytePath Target, MountFingerprint? On = null) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Mount.MountPoint, Target];

    internal override HostResult Run(RepairHost host) => host.Mounts.Move(Mount, Target, On);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Mount?.MountPoint ?? default) && PlanPaths.IsPlain(Target) && PlanPaths.IsOn(plan, Target, On);

    internal override ScriptPart ToScript() => ScriptPart.Command(
        $"{(On is null ? $"(umask 077 && mkdir -p {ShellScript.Quote(Target.Bytes)}) && " : "")}mount --move {ShellScript.Quote(Mount.MountPoint.Bytes)} {ShellScript.Quote(Target.Bytes)}");

    // A later step may have taken the mount itself away, and its undo made another one like it.
    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) =>
        new(Mount.FindIn(state.Mounts()) is not null || (Mount.Again().FindIn(state.Mounts()) is not null && Mount.At(Target).Again().FindIn(state.Mounts()) is null));
}
