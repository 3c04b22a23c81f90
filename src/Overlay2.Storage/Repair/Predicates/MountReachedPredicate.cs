using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A path to its mount point leads to a mount: nothing hides it.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record MountReachedPredicate(MountFingerprint Mount) : RepairPredicate
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }

    internal override string Describe() => $"a path leads to {Mount.Describe(NamespaceId)}: nothing hides it";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) => new(FindFault(state.Mounts(NamespaceId)));

    internal override ScriptPart ToScript() => ShellScript.OfMounts(NamespaceId, $"reached {ShellScript.Words(Mount)} {ShellScript.Quote(Mount.MountPoint.Bytes)}");

    internal override bool IsInSight(MemoryHost copy) => copy.IsReached(NamespaceId, Mount);

    private string? FindFault(MountTable table)
    {
        MountEntry? found = Mount.FindIn(table);
        return found is null ? $"{Mount} is not there, or was changed"
            : table.Resolve(found.MountPoint) == found ? null
            : $"{Mount} is hidden by another mount";
    }
}
