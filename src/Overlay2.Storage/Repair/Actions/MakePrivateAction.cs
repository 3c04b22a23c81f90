using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Makes a mount private: what is mounted or unmounted below it stays there.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record MakePrivateAction(MountFingerprint Mount) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Mount.MountPoint];

    internal override HostResult Run(RepairHost host) => host.Mounts.MakePrivate(Mount);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Mount?.MountPoint ?? default);

    internal override ScriptPart ToScript() => ScriptPart.Command($"mount --make-private {ShellScript.Quote(Mount.MountPoint.Bytes)}");

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(Mount.Again().FindIn(state.Mounts()) is { Propagation.IsPrivate: false });
}
