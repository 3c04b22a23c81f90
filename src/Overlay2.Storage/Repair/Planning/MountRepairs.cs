using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of findings about mounts.</summary>
internal static class MountRepairs
{
    public static string RefuseLostDisk(PlanDraft draft, Finding finding)
    {
        const string Reason = "the engine has to stop before the file system can be mounted, and what was written to the directory meanwhile is to be looked at by a person";
        draft.Offer(new RepairCourse(
            "Mount the file system that belongs there", Reason, RepairRisk.R3, [],
            [
                "Stop the engine.", $"Look at what is in {finding.Subject.Path}: if anything new was written there, copy it elsewhere; delete nothing.",
                $"mount {finding.Subject.Path}", "Start the engine, and diagnose again.", "Then have the file system mounted on the engine's root directory, not on the directory of its driver: the driver unmounts that one when it ends.",
            ]));
        return Reason;
    }

    /// <summary>All but the lowest of equal mounts go, the topmost first.</summary>
    public static string? PlanStack(PlanDraft draft, Finding finding)
    {
        if (draft.Table is not { } table || finding.Subject.MountId is not { } id || !table.TryGet(id, out MountEntry? top))
            return "the mount is not in the table";

        List<MountEntry> stack = [top];
        while (table.GetParent(stack[^1]) is { } below && below.MountPoint.IsSamePlace(top.MountPoint))
            stack.Add(below);
        MountEntry lowest = stack[^1];
        if (stack.Exists(mount => mount.Major != lowest.Major || mount.Minor != lowest.Minor || mount.Root != lowest.Root || mount.SuperOptions != lowest.SuperOptions))
            return "the mounts show different things; which of them is wanted only a person knows: unmount the topmost, and look";

        if (!table.GetChildren(top).IsEmpty)
            return "other mounts are on the topmost one, and would be lost with it";

        if (!draft.TryTake(stack))
            return "another step of this plan deals with these mounts; diagnose again afterwards";

        List<RepairStep> steps = [];
        for (int i = 0; i < stack.Count - 1; i++)
        {
            MountEntry below = stack[i + 1];
            steps.Add(MountSteps.Unmount(
                stack[i], $"Unmount the topmost of the mounts on {top.MountPoint}", RepairRisk.R2, "none: the mount below shows the same",
                [new MountReachedPredicate(MountFingerprint.Of(below))], MountSteps.BindAgain(stack[i], below)));
        }

        return draft.Add(finding, steps);
    }

    public static string? PlanLeak(PlanDraft draft, Finding finding)
    {
        BytePath path = finding.Subject.Path;
        if (!draft.Policy.AllowOtherNamespaces)
        {
            string holders = string.Join("; ", finding.Evidence.Where(evidence => evidence.Source == "mountinfo").Select(evidence => evidence.Text));
            return $"the policy does not allow to enter the mount namespaces of others: restart the holder with rslave propagation and without the engine's root directory ({holders})";
        }

        List<RepairStep> steps = [];
        foreach (LeakedMount leak in draft.Host.LeakedOverlays.Where(leak => leak.Path == path))
        {
            if (FindInhabitant(draft, leak) is { } inhabitant)
                return inhabitant;
            ulong namespaceId = leak.Namespace.Id;
            MountFingerprint mount = MountFingerprint.Of(leak.Mount);
            steps.Add(new RepairStep
            {
                Title = $"Unmount {leak.Mount.MountPoint} in mount namespace {namespaceId}",
                Action = new UnmountAction(mount) { NamespaceId = namespaceId },
                Preconditions = [new MountPresentPredicate(mount) { NamespaceId = namespaceId }, new MountReachedPredicate(mount) { NamespaceId = namespaceId }, new NoChildrenPredicate(mount) { NamespaceId = namespaceId }],
                Postconditions = [new MountAbsentPredicate(mount) { NamespaceId = namespaceId }],
                Risk = RepairRisk.R2,
                Effect = "the processes there no longer see the copy, which nothing brings back to them; what is open in it makes the step fail",
            });
        }

        return steps.Count == 0 ? "no readable mount namespace has the mount any more" : draft.Add(finding, steps);
    }

    /// <summary>Why a mount of another namespace is somebody's root file system; <see langword="null"/> where it is nobody's.</summary>
    private static string? FindInhabitant(PlanDraft draft, LeakedMount leak)
    {
        if (draft.Host.FindInhabitant(leak.Mount) is { } other)
            return $"mount namespace {other.Id} has it as its root directory: who lives there goes on; end that first";
        if (leak.Namespace.Processes.FirstOrDefault(process => KnownEngines.Programs.Contains(process.Name)) is { } engine)
            return $"an engine, process {engine.ProcessId} ({engine.Name}), is among those who have it: it may be the engine's own";
        if (!leak.Namespace.Mounts.TryGet(out MountTable? table))
            return null;
        foreach (MountHolderProcess process in leak.Namespace.Processes)
        {
            // The root directory of chroot(2) is in the mount, or in one that is on it.
            for (MountEntry? root = process.RootMountId is { } id && table.TryGet(id, out MountEntry? found) ? found : null; root is not null; root = table.GetParent(root))
            {
                if (root == leak.Mount)
                    return $"process {process.ProcessId} ({process.Name}) has its root directory in it: end that process first";
            }
        }

        return null;
    }

    public static string? PlanOrphan(PlanDraft draft, Finding finding)
    {
        if (draft.Table is not { } table || finding.Subject.MountId is not { } id || !table.TryGet(id, out MountEntry? mount))
            return "the mount is not in the table";

        if (finding.Status != FindingStatus.Confirmed)
            return "it is not certain that nobody uses the mount: read all mount namespaces, and diagnose again";

        if (draft.HasCovers && table.GetVisibility(mount).Status != MountVisibilityStatus.Visible)
            return "it is hidden; first what covers it has to go, then diagnose again";

        List<MountEntry> all = [.. draft.Host.FindHome(mount.MountPoint) is { } home && home.TryGetLayerId(mount.MountPoint, out ByteString layer) ? home.GetLayerMounts(layer).Select(overlay => overlay.Mount) : []];
        HashSet<MountEntry> own = [.. all];
        if (all.Exists(candidate => !table.GetChildren(candidate).All(own.Contains)))
            return "other mounts are on it";

        if (!draft.TryTake(all))
            return "another step of this plan deals with this mount; diagnose again afterwards";

        // A mount in the table comes after the one that it is on.
        all.Reverse();
        return draft.Add(finding, [.. all.Select(orphan => MountSteps.Unmount(
            orphan, $"Unmount the overlay on {orphan.MountPoint}, which belongs to no container", RepairRisk.R2, "none: nobody uses it; what is open in it makes the step fail", [], []))]);
    }

    public static string? PlanUnmounted(PlanDraft draft, Finding finding)
    {
        if (!draft.Policy.AllowEngineControl || draft.Policy.MaxRisk < RepairRisk.R3)
            return "the container has to be stopped and started (risk R3), and the policy does not allow that; do not mount its layers a second time";

        bool isLost = draft.Report.Snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores)
            && stores.Any(store => store.GetContainers().Any(container => container.Id == finding.Subject.Id && container.IsRemovedOnStop));
        if (isLost)
            return $"the container would have to be stopped, and {MountSteps.Lost}: copy out of it what is needed, and start another one";

        return draft.Add(finding, MountSteps.StopAndStart([(finding.Subject.Id, finding.Subject.Name)]));
    }
}
