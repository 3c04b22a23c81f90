using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Unmounts one mount, without force and never lazily: a mount that is used, or on which another one is, stays.</summary>
/// <param name="Mount">The mount.</param>
internal sealed record UnmountAction(MountFingerprint Mount) : RepairAction
{
    /// <summary>The mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</summary>
    public ulong NamespaceId { get; init; }

    internal override bool Uncovers => true;

    internal override (ulong NamespaceId, MountFingerprint Mount)? MayEndByItself => (NamespaceId, Mount);

    internal override string? MissedByUndo => "its undo did not bring the mount back";

    internal override ImmutableArray<BytePath> MountPoints => [Mount.MountPoint];

    internal override HostResult Run(RepairHost host) => host.Mounts.Unmount(NamespaceId, Mount);

    internal override bool IsAllowedIn(RepairPlan plan) =>
        PlanPaths.IsPlain(Mount?.MountPoint ?? default) && Mount!.MountPoint != BytePath.Root && (NamespaceId == 0 || plan.Policy.AllowOtherNamespaces);

    internal override ScriptPart ToScript() => NamespaceId == 0
        ? ScriptPart.Command($"umount {ShellScript.Quote(Mount.MountPoint.Bytes)}")
        : ScriptPart.None("a script stays in its own mount namespace", $"# in mount namespace {NamespaceId}: umount {ShellScript.Quote(Mount.MountPoint.Bytes)}");

    /// <summary>How many mounts like this one there are: its undo makes another one.</summary>
    internal override string Note(MachineState state) => NamespaceId == 0 ? Count(state.Mounts()).ToString(CultureInfo.InvariantCulture) : "";

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(NamespaceId == 0
        ? int.TryParse(noted, CultureInfo.InvariantCulture, out int before) && Count(state.Mounts()) >= before
        : IsBackElsewhere(state));

    /// <summary>No plan mounts anything in another namespace: there, it is the very mount or none.</summary>
    private bool IsBackElsewhere(MachineState state)
    {
        try
        {
            return Mount.FindIn(state.Mounts(NamespaceId)) is not null;
        }
        catch (IOException)
        {
            // The namespace went with its last process, and its mounts with it.
            return false;
        }
    }

    private int Count(MountTable table)
    {
        MountFingerprint like = Mount.Again();
        int count = 0;
        foreach (MountEntry entry in table.GetByMountPoint(Mount.MountPoint))
        {
            // An overlay that is mounted anew has another device.
            MountFingerprint same = entry.IsOverlay ? like with { Major = entry.Major, Minor = entry.Minor } : like;
            count += same.Matches(entry) ? 1 : 0;
        }

        return count;
    }
}
