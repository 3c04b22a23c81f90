using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repair of a covered driver home: only what covers it goes, the last mounted first; containers are left alone.</summary>
internal static class CoverRepair
{
    private const string Kept = "The file system that covered it would be gone with its last mount, so it is kept below the keep directory; unmount it there when nobody needs it.";

    public static string? Plan(PlanDraft draft, Finding finding)
    {
        (DriverHome Home, CoverPile Pile)? found = Find(draft, finding);
        if (found is not { } cover || draft.Table is not { } table)
            return "what covers the directory hides no mount; whether it is wanted there only a person knows: compare its content with what is below, and unmount it with umount(8) if it is not";

        List<RepairStep> steps = [];
        string? whyNot = cover.Pile.IsSure ? Uncover(draft, cover.Pile, table, steps) : "the table does not show what the covering mount is on";
        OfferOthers(draft, cover.Home, cover.Pile, table, whyNot is null ? steps : null);
        if (!cover.Pile.IsSure)
            return whyNot;
        if (!draft.TryTake(cover.Pile.Covers))
            return "another step of this plan deals with these mounts; diagnose again afterwards";
        return Judge(draft, cover.Home, cover.Pile) ?? whyNot ?? draft.Add(finding, steps);
    }

    /// <summary>Adds the steps that take the covers away, the topmost first.</summary>
    /// <returns>Why that cannot be; <see langword="null"/> if it can.</returns>
    private static string? Uncover(PlanDraft draft, CoverPile pile, MountTable table, List<RepairStep> steps)
    {
        HashSet<MountEntry> covers = [.. pile.Covers];
        foreach (MountEntry mount in pile.Covers)
        {
            if (AddSteps(draft, steps, pile, covers, mount, table) is { } whyNot)
                return whyNot;
        }

        return null;
    }

    private static (DriverHome Home, CoverPile Pile)? Find(PlanDraft draft, Finding finding)
    {
        return draft.Covers.TryGetValue(finding.CauseKey, out (DriverHome, CoverPile) found) ? found : null;
    }

    /// <summary>Whether the covering file system may hold a store of its own. Two stores are never merged, and which is wanted a person decides.</summary>
    private static string? Judge(PlanDraft draft, DriverHome home, CoverPile pile)
    {
        if (!pile.IsForeign || !home.Home.StartsWith(pile.MountPoint))
            return null;
        if (home.Store is not { } store)
        {
            return draft.Report.Snapshot.Stores.IsKnown
                ? null
                : $"whether the covering file system holds a store of its own is not known: {draft.Report.Snapshot.Stores.Reason}";
        }

        return store.Layers.Count > 0
            ? "the covering file system holds layers too: which store is wanted a person decides. Then stop the engine, unmount the cover, and have the disk mounted before the engine starts"
            : null;
    }

    private static string? AddSteps(PlanDraft draft, List<RepairStep> steps, CoverPile pile, HashSet<MountEntry> covers, MountEntry mount, MountTable table)
    {
        MountEntry below = table.GetParent(mount)!;
        bool isSelfBind = HostMounts.IsSelfBind(mount, below);
        MountEntry[] children = [.. table.GetChildren(mount).Where(child => !covers.Contains(child))];
        if (children.Length > 0 && !isSelfBind)
            return $"{children.Length} mounts are on the covering one, and would be lost with it; first {children[0].MountPoint}";

        if (children.Any(child => !table.GetChildren(child).IsEmpty))
            return "a mount on the covering one has mounts on itself";

        if (children.Length > 0)
        {
            new CoverWithChildren(draft, mount, below, children, table).AddTo(steps);
            return null;
        }

        bool isPrivateCopy = mount.Propagation.IsPrivate && below.Propagation.IsShared;
        ImmutableArray<RepairPredicate> shown = [.. Shown(pile, mount, table).Select(hidden => new MountReachedPredicate(MountFingerprint.Of(hidden)))];
        ImmutableArray<RepairAction> undo;
        if (isSelfBind)
            undo = [MountSteps.BindOnItself(mount.MountPoint, below, isPrivateCopy)];
        else if (HasLastingDevice(mount) && mount.GetRootPath() == BytePath.Root)
            undo = [new MountFileSystemAction(mount.FileSystemType, new BytePath(mount.Source), mount.MountPoint, MountSettings.IsReadOnly(mount), MountFingerprint.Of(below).Again())];
        else
            undo = Keep(draft, steps, mount, below);
        steps.Add(MountSteps.Unmount(
            mount, $"Unmount what covers {mount.MountPoint}, and nothing else", RepairRisk.R1, "none: containers that run are not touched", shown, undo));
        return null;
    }

    /// <summary>Whether the file system can be mounted again from its device. A loop device may lose its file with the last mount (losetup(8), autoclear).</summary>
    private static bool HasLastingDevice(MountEntry mount) => mount.Source.Span.StartsWith("/dev/"u8) && !mount.Source.Span.StartsWith("/dev/loop"u8);

    /// <summary>A second mount of a file system that would end with its last one.</summary>
    private static ImmutableArray<RepairAction> Keep(PlanDraft draft, List<RepairStep> steps, MountEntry mount, MountEntry below)
    {
        BytePath place = draft.NextPlace("kept");
        MountFingerprint kept = MountFingerprint.Of(mount).Again() with { MountPoint = place };
        steps.Add(MountSteps.MakePlace(place));
        steps.Add(new RepairStep
        {
            Title = $"Keep the file system that covers {mount.MountPoint}. {Kept}",
            Action = new BindAction(mount.MountPoint, place, IsPrivate: true, MountFingerprint.Of(mount), On: null),
            Preconditions = [new PlacePredicate(place), new MountReachedPredicate(MountFingerprint.Of(mount))],
            Postconditions = [new MountReachedPredicate(kept)],
            Risk = RepairRisk.R1,
            Undo = [new UnmountAction(kept)],
        });
        return [new BindAction(place, mount.MountPoint, IsPrivate: false, kept, MountFingerprint.Of(below).Again())];
    }

    /// <summary>What can be seen once a cover of the pile is gone: only the lowest one hides the others.</summary>
    private static IEnumerable<MountEntry> Shown(CoverPile pile, MountEntry mount, MountTable table) =>
        mount == pile.Covers[^1] ? pile.Hidden.Where(hidden => table.GetParent(hidden) is { } parent && parent.MountId == mount.ParentId) : [];

    private static void OfferOthers(PlanDraft draft, DriverHome home, CoverPile pile, MountTable table, IReadOnlyList<RepairStep>? uncover)
    {
        StoredContainer[] noted = [.. FindRunning(home)];
        (ByteString Id, string Name)[] running = [.. noted.Select(container => (container.Id, container.Name))];
        const string Title = "Unmount everything below the driver home, from the last listed to the first, and start the containers and the engine again";
        const string WhyNot = "it ends healthy containers, whose mounts are not at fault";
        HashSet<MountEntry> covers = [.. pile.Covers];
        MountEntry[] overlays = [.. home.Below.Where(mount => mount.IsOverlay && mount.MountPoint.StartsWith(home.Home) && !covers.Contains(mount)).Reverse()];
        bool isAlone = pile.Covers.All(cover => table.GetChildren(cover).All(covers.Contains));
        StoredContainer[] lost = [.. noted.Where(container => container.IsRemovedOnStop)];
        if (draft.Policy.AllowEngineControl && isAlone && lost.Length == 0 && uncover is not null && draft.RehearseAlone(uncover) is { } rehearsed)
        {
            List<RepairStep> steps = [.. rehearsed];
            steps.AddRange(overlays.Select(mount => UnmountOverlay(home, mount, overlays)));
            IReadOnlyList<RepairStep> containers = MountSteps.StopAndStart(running);
            steps.AddRange(containers.Take(running.Length).Zip(running, (step, container) => step with { Undo = StopAndStart(container.Id) }));
            steps.Add(new RepairStep
            {
                Title = "Start the engine again",
                Action = new RestartEngineAction(),
                Preconditions = [new EnginePredicate()],
                Postconditions = [new EnginePredicate()],
                Risk = RepairRisk.R3,
                Effect = "the engine does not answer for a while",
                Undo = [new RestartEngineAction()],
            });
            steps.AddRange(containers.Skip(running.Length).Zip(running, (step, container) => step with { Undo = [new ContainerAction(container.Id, Start: false)] }));
            draft.Offer(new RepairCourse(Title, WhyNot, RepairRisk.R3, [.. steps], []));
        }
        else
        {
            draft.Offer(new RepairCourse(
                Title, WhyNot, RepairRisk.R3, [],
                [
                    .. lost.Select(container => $"Copy out of the container {container.Name} what is needed: {MountSteps.Lost}."),
                    .. pile.Covers.Concat(overlays).Select(mount => $"umount {ShellScript.Quote(mount.MountPoint.Bytes)} (if it is no mount any more, another unmount already took it away)"),
                    .. running.Select(container => $"Stop the container {container.Name}, do not restart it: a restart does not mount it again."),
                    "Start the engine again.",
                    .. running.Select(container => $"Start the container {container.Name}."),
                ]));
        }

        draft.Offer(new RepairCourse(
            "Move the workloads away, and boot", "it interrupts everything on the host, and a boot is not needed to unmount", RepairRisk.R3, [],
            ["Drain the host: move or stop its workloads.", "Find what mounts there (fstab, a mount unit, a volume manager), and take that out or order it before the engine.", "Boot.", "Diagnose again, and take the workloads back."]));
    }

    /// <summary>
    /// Unmounts a container's root file system. Its layers stay mounted for the container that runs and must not be mounted a second time, so what undoes
    /// it is the engine, which mounts them for a container that starts; where the engine would not give the same mounts, nothing does.
    /// </summary>
    private static RepairStep UnmountOverlay(DriverHome home, MountEntry mount, MountEntry[] overlays)
    {
        StoredContainer? container = overlays.Count(other => other.MountPoint == mount.MountPoint) == 1 && home.TryGetLayerId(mount.MountPoint, out ByteString layer)
            ? FindRunning(home).FirstOrDefault(candidate => candidate.LayerId == layer)
            : null;
        return MountSteps.Unmount(
            mount, $"Unmount {mount.MountPoint}", RepairRisk.R3,
            $"the container can no longer be entered or looked at through the engine{(container is null ? "" : "; undoing it ends the container and starts it anew")}",
            [], container is null ? [] : StopAndStart(container.Id));
    }

    /// <summary>The containers that are noted as running by the one engine that can be controlled.</summary>
    private static IEnumerable<StoredContainer> FindRunning(DriverHome home) =>
        home is { Engine.IsConfigured: true, Store: { } store } ? store.GetContainers().Where(container => container.IsNotedRunning) : [];

    /// <summary>Gives a container that runs on mounts of its own. Stopping one that is stopped does nothing, and waits for a stop that was asked for before.</summary>
    private static ImmutableArray<RepairAction> StopAndStart(ByteString container) => [new ContainerAction(container, Start: false), new ContainerAction(container, Start: true)];
}
