using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
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
        foreach ((ulong namespaceId, MountTable table) in draft.OtherTables)
        {
            foreach (MountEntry mount in table.GetByMountPoint(path))
            {
                if (!mount.IsOverlay || draft.Mounts?.HasDevice(mount) == true)
                    continue;
                if (draft.Host.FindInhabitant(mount) is { } inhabitant)
                    return $"mount namespace {inhabitant.Id} has it as its root directory: whoever lives there loses everything";
                MountFingerprint leak = MountFingerprint.Of(mount);
                steps.Add(new RepairStep
                {
                    Title = $"Unmount {path} in mount namespace {namespaceId}",
                    Action = new UnmountAction(leak) { NamespaceId = namespaceId },
                    Preconditions = [new MountPresentPredicate(leak) { NamespaceId = namespaceId }, new MountReachedPredicate(leak) { NamespaceId = namespaceId }, new NoChildrenPredicate(leak) { NamespaceId = namespaceId }],
                    Postconditions = [new MountAbsentPredicate(leak) { NamespaceId = namespaceId }],
                    Risk = RepairRisk.R2,
                    Effect = "the process that holds the copy no longer sees it; one whose working or root directory is in it, or that has a file open there, makes the step fail",
                });
            }
        }

        return steps.Count == 0 ? "no readable mount namespace has the mount any more" : draft.Add(finding, steps);
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
