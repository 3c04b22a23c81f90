using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A mount is gone.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record MountAbsentPredicate(MountFingerprint Mount) : RepairPredicate
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }

    internal override string Describe() => $"{Mount.Describe(NamespaceId)} is gone";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(Mount.FindIn(state.Mounts(NamespaceId)) is null ? null : $"{Mount} is still there");

    internal override ScriptPart ToScript() => ShellScript.OfMounts(NamespaceId, $"absent {ShellScript.Words(Mount)}");
}
