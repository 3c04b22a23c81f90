using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Nothing is mounted on a mount.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record NoChildrenPredicate(MountFingerprint Mount) : RepairPredicate
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }

    internal override string Describe() => $"nothing is mounted on {Mount.Describe(NamespaceId)}";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken)
    {
        MountTable mounts = state.Mounts(NamespaceId);
        return new(Mount.FindIn(mounts) is { } mount && !mounts.GetChildren(mount).IsEmpty ? $"there are mounts on {Mount}" : null);
    }

    internal override ScriptPart ToScript() => ShellScript.OfMounts(NamespaceId, $"childless {ShellScript.Words(Mount)}");
}
