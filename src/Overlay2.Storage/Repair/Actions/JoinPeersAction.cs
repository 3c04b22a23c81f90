using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Makes a private mount a peer of the mount that it is on (move_mount(2), Linux 5.15).</summary>
/// <param name="Mount">The mount.</param>
internal sealed record JoinPeersAction(MountFingerprint Mount) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Mount.MountPoint];

    internal override HostResult Run(RepairHost host) => host.Mounts.JoinPeers(Mount);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Mount?.MountPoint ?? default);

    internal override ScriptPart ToScript() => ScriptPart.None(
        "no program makes a mount a peer of another", $"# make {ShellScript.Quote(Mount.MountPoint.Bytes)} a peer of the mount below it (move_mount(2) with MOVE_MOUNT_SET_GROUP)");

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(Mount.Again().FindIn(state.Mounts()) is { Propagation.IsPrivate: true });
}
