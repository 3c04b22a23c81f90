using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Shows a directory, without the mounts below it, at a second place.</summary>
/// <param name="Source">The directory.</param>
/// <param name="Target">Where to; a directory.</param>
/// <param name="IsPrivate">Whether the new mount is private; otherwise it belongs to the peers of the one that it is a copy of.</param>
/// <param name="Of">The mount that the source is on: on another one it is another directory, and nothing is done.</param>
/// <param name="On">The mount that the target is on; <see langword="null"/> for a place of <see cref="MakePlaceAction"/> or a directory in one, which is made.</param>
internal sealed record BindAction(BytePath Source, BytePath Target, bool IsPrivate, MountFingerprint Of, MountFingerprint? On = null) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Source, Target];

    internal override HostResult Run(RepairHost host) => host.Mounts.Bind(Source, Of, Target, On, IsPrivate);

    // It takes part in propagation until it is made private.
    internal override HostResult Finish(RepairHost host) => IsPrivate && host.Mounts.LoadMounts(0).Resolve(Target) is { Propagation.IsPrivate: false } made && made.MountPoint == Target
        ? host.Mounts.MakePrivate(MountFingerprint.Of(made))
        : HostResult.Done;

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Source) && PlanPaths.IsPlain(Target) && Of is not null && PlanPaths.IsOn(plan, Target, On);

    internal override ScriptPart ToScript() => ScriptPart.Command(
        $"mount --bind {ShellScript.Quote(Source.Bytes)} {ShellScript.Quote(Target.Bytes)}{(IsPrivate ? $" && mount --make-private {ShellScript.Quote(Target.Bytes)}" : "")}");

    // A place is a mount of its own. On another mount that is at the same point the new one looks the same: then it is not certain, and undoing goes on.
    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(On is null
        ? state.Mounts().GetByMountPoint(Target).Count() < 2
        : state.Mounts().Resolve(Target) is { } seen && seen.MountPoint != Target && On.Matches(seen));
}
