using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of what the kernel left in work directories. What is taken out is kept; the layer's files are not touched.</summary>
internal static class WorkRepairs
{
    /// <summary>What a person does about an overlay that no store tells of.</summary>
    public const string ByHand = "the overlay is of no layer of a store: stop what uses it, unmount it, empty work/work unless work/work/incompat is there, and mount it again";

    private static readonly BytePath s_inner = BytePath.FromText("work");
    private static readonly BytePath s_marker = BytePath.FromText("work/incompat/volatile");

    /// <summary>OVL0209: the mark goes; by itself only where nothing can have been lost since.</summary>
    public static string? PlanVolatile(PlanDraft draft, Finding finding, HostStore view)
    {
        if (!view.Store.TryGetLayer(finding.Subject.Id, out StoredLayer? layer))
            return "the layer is not in the snapshot";

        if (StoreSteps.FindUser(draft, view, layer.Id) is { } user)
            return $"the layer is in use ({user}): stop what uses it, and plan again";

        RepairStep[] steps =
        [
            .. StoreRepairs.MakeQuarantine(draft, view),
            StoreSteps.Move(
                $"Write everything to disk, and set the kernel's mark of a volatile mount aside: {layer.WorkPath}/{s_marker}", StoreLayout.Place(view.Store, layer.WorkPath.Combine(s_marker)),
                StoreRepairs.KeepPlace(draft, view, $"{layer.Id}-volatile"), new EntryIdentity(StoreEntryType.Directory), RepairRisk.R2,
                "the layer can be mounted again", synchronize: true, before: [StoreSteps.IsSame(view, layer), .. StoreSteps.Unused(view, layer.Id)]),
        ];
        if (IsOfThisBoot(draft, layer))
            return draft.Add(finding, steps);

        const string WhyNot = "the host has booted since the layer was mounted volatile, or that is not known: what was written last may be lost, and only a person can say whether the container's data is good";
        draft.Offer(new RepairCourse($"Accept the files of layer {layer.Id} as they are", WhyNot, RepairRisk.R5, [.. steps.Select(step => step.Action is MoveEntryAction ? step with { Risk = RepairRisk.R5 } : step)], []));
        return $"{WhyNot}; to accept it, choose the alternative, and else remove the container";
    }

    /// <summary>OVL0011: the content that the kernel cannot clear goes; the next mount makes the directory anew.</summary>
    public static string? PlanUncleanable(PlanDraft draft, Finding finding, HostStore view)
    {
        if (finding.CauseKey.StartsWith("read-only:", StringComparison.Ordinal))
            return "the file system below has turned read-only: see the kernel's log, check the disk and its file system, and mount it for writing again; no plan writes to it";

        if (FindLayer(finding, view) is not { } layer)
            return ByHand;

        if (layer.WorkContent.HasVolatileMarker)
            return "the layer was mounted volatile too: that comes first";

        if (layer.WorkContent.Leftovers == 0)
            return "the work directory is empty: the file system below is read-only or was, see its own options and the kernel's log; then stop and start the container";

        RepairStep[] steps =
        [
            .. StoreRepairs.MakeQuarantine(draft, view),
            StoreSteps.Move(
                $"Set aside what the kernel cannot clear: {layer.WorkPath}/{s_inner}", StoreLayout.Place(view.Store, layer.WorkPath.Combine(s_inner)),
                StoreRepairs.KeepPlace(draft, view, $"{layer.Id}-work"), new EntryIdentity(StoreEntryType.Directory), RepairRisk.R2,
                "the next mount can write again", before: [StoreSteps.IsSame(view, layer), .. StoreSteps.Unused(view, layer.Id)]),
        ];
        if (StoreSteps.FindUser(draft, view, layer.Id) is not { } user)
            return draft.Add(finding, steps);
        if (view.FindContainer(layer.Id) is not { IsRunning: true } container || !view.Store.Engine.IsConfigured)
            return $"the layer is in use ({user}): stop what uses it, and plan again";
        if (!draft.Policy.AllowEngineControl || draft.Policy.MaxRisk < RepairRisk.R3)
            return $"the container {container.Name} has to be stopped first (risk R3), and the policy does not allow that";
        IReadOnlyList<RepairStep> control = MountSteps.StopAndStart([(container.Id, container.Name)]);
        return draft.Add(finding, [control[0], .. steps, control[1]]);
    }

    private static StoredLayer? FindLayer(Finding finding, HostStore view)
    {
        ByteString id = finding.Subject.Id;
        if (id.IsEmpty && !view.Home.TryGetLayerId(finding.Subject.Path, out id))
            return null;
        return view.Store.TryGetLayer(id, out StoredLayer? layer) ? layer : null;
    }

    /// <summary>Whether the layer was mounted volatile in the boot that still runs: then the kernel holds, or has written, what is not on disk.</summary>
    private static bool IsOfThisBoot(PlanDraft draft, StoredLayer layer) =>
        draft.Report.Snapshot.BootTime.TryGet(out DateTimeOffset boot) && layer.WorkContent.VolatileMarkedAt is { } marked && marked > boot;
}
