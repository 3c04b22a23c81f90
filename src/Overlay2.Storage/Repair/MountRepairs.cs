using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>The repairs of findings about mounts.</summary>
internal static class MountRepairs
{
    public static void RefuseLostDisk(PlanDraft draft, Finding finding)
    {
        const string Reason = "the engine has to stop before the file system can be mounted, and what was written to the directory meanwhile is to be looked at by a person";
        draft.Refuse(finding, Reason);
        draft.Offer(new RepairCourse(
            "Mount the file system that belongs there", Reason, RepairRisk.R3, [],
            [
                "Stop the engine.", $"Look at what is in {finding.Subject.Path}: if anything new was written there, copy it elsewhere; delete nothing.",
                $"mount {finding.Subject.Path}", "Start the engine, and diagnose again.", "Then have the file system mounted on the engine's root directory, not on the directory of its driver: the driver unmounts that one when it ends.",
            ]));
    }

    /// <summary>All but the lowest of equal mounts go, the topmost first.</summary>
    public static void PlanStack(PlanDraft draft, Finding finding)
    {
        if (draft.Table is not { } table || finding.Subject.MountId is not { } id || !table.TryGet(id, out MountEntry? top))
        {
            draft.Refuse(finding, "the mount is not in the table");
            return;
        }

        List<MountEntry> stack = [top];
        while (table.GetParent(stack[^1]) is { } below && below.MountPoint.IsSamePlace(top.MountPoint))
            stack.Add(below);
        MountEntry lowest = stack[^1];
        if (stack.Exists(mount => mount.Major != lowest.Major || mount.Minor != lowest.Minor || mount.Root != lowest.Root || mount.SuperOptions != lowest.SuperOptions))
        {
            draft.Refuse(finding, "the mounts show different things; which of them is wanted only a person knows: unmount the topmost, and look");
            return;
        }

        if (!table.GetChildren(top).IsEmpty)
        {
            draft.Refuse(finding, "other mounts are on the topmost one, and would be lost with it");
            return;
        }

        if (!draft.TryTake(stack))
        {
            draft.Refuse(finding, "another step of this plan deals with these mounts; diagnose again afterwards");
            return;
        }

        List<RepairStep> steps = [];
        for (int i = 0; i < stack.Count - 1; i++)
        {
            MountEntry below = stack[i + 1];
            steps.Add(MountSteps.Unmount(
                stack[i], $"Unmount the topmost of the mounts on {top.MountPoint}", RepairRisk.R2, "none: the mount below shows the same",
                [new MountReachedPredicate(MountFingerprint.Of(below))], MountSteps.BindAgain(stack[i], below)));
        }

        draft.TryAdd(finding, steps);
    }

    public static void PlanLeak(PlanDraft draft, Finding finding)
    {
        BytePath path = finding.Subject.Path;
        if (!draft.Policy.AllowOtherNamespaces)
        {
            string holders = string.Join("; ", finding.Evidence.Where(evidence => evidence.Source == "mountinfo").Select(evidence => evidence.Text));
            draft.Refuse(finding, $"the policy does not allow to enter the mount namespaces of others: restart the holder with rslave propagation and without the engine's root directory ({holders})");
            return;
        }

        List<RepairStep> steps = [];
        if (draft.Report.Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
        {
            foreach (SnapshotNamespace other in namespaces)
            {
                if (!other.Mounts.TryGet(out MountTable? table))
                    continue;
                foreach (MountEntry mount in table.GetByMountPoint(path))
                {
                    if (!mount.IsOverlay || draft.Mounts?.HasDevice(mount) == true)
                        continue;
                    MountFingerprint leak = MountFingerprint.Of(mount);
                    steps.Add(new RepairStep
                    {
                        Title = $"Unmount {path} in mount namespace {other.Id}",
                        Action = new UnmountAction(leak) { NamespaceId = other.Id },
                        Preconditions = [new MountPresentPredicate(leak) { NamespaceId = other.Id }, new MountReachedPredicate(leak) { NamespaceId = other.Id }, new NoChildrenPredicate(leak) { NamespaceId = other.Id }],
                        Postconditions = [new MountAbsentPredicate(leak) { NamespaceId = other.Id }],
                        Risk = RepairRisk.R2,
                        Effect = "the process that holds the copy no longer sees it",
                    });
                }
            }
        }

        if (steps.Count == 0)
            draft.Refuse(finding, "no readable mount namespace has the mount any more");
        else
            draft.TryAdd(finding, steps);
    }

    public static void PlanOrphan(PlanDraft draft, Finding finding)
    {
        if (draft.Table is not { } table || finding.Subject.MountId is not { } id || !table.TryGet(id, out MountEntry? mount))
        {
            draft.Refuse(finding, "the mount is not in the table");
            return;
        }

        if (finding.Status != FindingStatus.Confirmed)
        {
            draft.Refuse(finding, "it is not certain that nobody uses the mount: read all mount namespaces, and diagnose again");
            return;
        }

        if (draft.HasCovers && table.GetVisibility(mount).Status != MountVisibilityStatus.Visible)
        {
            draft.Refuse(finding, "it is hidden; first what covers it has to go, then diagnose again");
            return;
        }

        List<MountEntry> all = [.. draft.Host.Homes.SelectMany(home => home.TryGetLayerId(mount.MountPoint, out ByteString layer) ? home.GetLayerMounts(layer) : []).Select(overlay => overlay.Mount).Distinct()];
        if (all.Exists(candidate => !table.GetChildren(candidate).IsEmpty && !table.GetChildren(candidate).All(all.Contains)))
        {
            draft.Refuse(finding, "other mounts are on it");
            return;
        }

        if (!draft.TryTake(all))
        {
            draft.Refuse(finding, "another step of this plan deals with this mount; diagnose again afterwards");
            return;
        }

        // A mount in the table comes after the one that it is on.
        all.Reverse();
        draft.TryAdd(finding, [.. all.Select(orphan => MountSteps.Unmount(
            orphan, $"Unmount the overlay on {orphan.MountPoint}, which belongs to no container", RepairRisk.R2, "none: nobody uses it; what is open in it makes the step fail", [], []))]);
    }

    public static void PlanUnmounted(PlanDraft draft, Finding finding)
    {
        if (!draft.Policy.AllowEngineControl || draft.Policy.MaxRisk < RepairRisk.R3)
        {
            draft.Refuse(finding, "the container has to be stopped and started (risk R3), and the policy does not allow that; do not mount its layers a second time");
            return;
        }

        bool isLost = draft.Report.Snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores)
            && stores.Any(store => store.GetContainers().Any(container => container.Id == finding.Subject.Id && container.IsRemovedOnStop));
        if (isLost)
        {
            draft.Refuse(finding, $"the container would have to be stopped, and {MountSteps.Lost}: copy out of it what is needed, and start another one");
            return;
        }

        draft.TryAdd(finding, MountSteps.StopAndStart([(finding.Subject.Id, finding.Subject.Name)]));
    }
}
