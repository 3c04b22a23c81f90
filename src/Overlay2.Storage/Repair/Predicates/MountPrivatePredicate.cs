using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A mount is private.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record MountPrivatePredicate(MountFingerprint Mount) : RepairPredicate
{
    internal override string Describe() => $"{Mount} is private";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(Mount.FindIn(state.Mounts()) is { Propagation.IsPrivate: true } ? null : $"{Mount} is not private");

    internal override ScriptPart ToScript() => ScriptPart.Command($"private {ShellScript.Words(Mount)}");
}
