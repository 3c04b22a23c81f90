using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of parts of a layer's directory.</summary>
internal static class LayerRepairs
{
    /// <summary>OVL0103 to OVL0105: the file gets the chain that the records and the layers' short names give.</summary>
    public static string? PlanLower(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        if (!view.Store.TryGetLayer(finding.Subject.Id, out OverlayDriverLayer? layer))
            return "the layer is not in the snapshot";
        return Lower(draft, view, layer, out List<RepairStep> steps) ?? draft.Add(finding, steps);
    }

    /// <summary>OVL0122: the list of ids gets what the records say; where it is that already, the other list does.</summary>
    public static string? PlanLowerLayers(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        if (!view.Store.TryGetLayer(finding.Subject.Id, out OverlayDriverLayer? layer))
            return "the layer is not in the snapshot";
        ExpectedValue expected = view.Store.GetExpectedLowerLayers(layer.Id);
        List<RepairStep> steps;
        if (expected.Status == ExpectedValueStatus.Known && expected.Value == layer.LowerLayers.Trimmed)
            return Lower(draft, view, layer, out steps) ?? draft.Add(finding, steps);
        StorePlace place = StoreLayout.Place(view.Store, layer.Directory.Combine(OverlayDriverNames.LowerLayers));
        if (expected.Status == ExpectedValueStatus.None)
            return draft.Add(finding, [.. LinkRepairs.SetAside(draft, view, place, StoreEntryType.RegularFile, $"{layer.Id}-lower-layers")]);
        if (expected.Status != ExpectedValueStatus.Known)
            return StoreRepairs.Explain(expected);
        steps =
        [
            StoreSteps.Replace(
                $"Write the list of layers below layer {layer.Id}: {expected.Value}", place, EntryState.Of(layer.LowerLayers), EntryState.File(expected.Value),
                view.FindContainer(layer.Id) is null ? RepairRisk.R1 : RepairRisk.R2, "the next mount has the right layers; what is mounted now stays as it is"),
        ];
        return draft.Add(finding, steps);
    }

    /// <summary>OVL0113: all parts that are missing, or none where the layer's files are.</summary>
    public static string? PlanParts(PlanDraft draft, Finding finding, HostStore view)
    {
        if (!view.Store.TryGetLayer(finding.Subject.Id, out StoredLayer? layer))
            return "the layer is not in the snapshot";

        if (layer.Diff != StoreEntryType.Directory)
            return LostLayers.Refuse(draft, finding, view, layer.Id);

        List<RepairStep> steps = [];
        if (view is HostDriverStore driver && layer is OverlayDriverLayer whole)
        {
            if (whole.Link.State == StoreFileState.Missing)
            {
                if (LinkRepairs.LinkFile(draft, driver, whole, out List<RepairStep> link) is { } refused)
                    return refused;

                steps.AddRange(link);
            }

            if (whole.Lower.State == StoreFileState.Missing && driver.Store.LayersAboveOthers.Contains(layer.Id))
            {
                if (Lower(draft, driver, whole, out List<RepairStep> lower) is { } refused)
                    return refused;

                steps.AddRange(lower);
            }

            if (whole.Merged is not (StoreEntryType.Missing or StoreEntryType.Directory or StoreEntryType.Unknown))
                steps.AddRange(LinkRepairs.SetAside(draft, view, StoreLayout.Place(view.Store, whole.MergedPath), whole.Merged, $"{layer.Id}-merged"));
        }

        if (NeedsWork(view, layer))
            steps.AddRange(Work(draft, view, layer));
        return steps.Count == 0 ? "the snapshot does not show which part is missing; diagnose again" : draft.Add(finding, steps);
    }

    private static bool NeedsWork(HostStore view, StoredLayer layer) =>
        layer.Work is not (StoreEntryType.Directory or StoreEntryType.Unknown) && view.Store.NeedsWorkDirectory(layer);

    /// <summary>An empty directory is all that the next mount needs.</summary>
    private static IEnumerable<RepairStep> Work(PlanDraft draft, HostStore view, StoredLayer layer)
    {
        StorePlace place = StoreLayout.Place(view.Store, layer.WorkPath);
        if (layer.Work != StoreEntryType.Missing)
        {
            foreach (RepairStep step in LinkRepairs.SetAside(draft, view, place, layer.Work, $"{layer.Id}-work"))
                yield return step;
        }

        StorePlace? like = view.Store.Layers.FirstOrDefault(other => other.Work == StoreEntryType.Directory) is { } model ? StoreLayout.Place(view.Store, model.WorkPath) : null;
        yield return StoreSteps.Replace(
            $"Make an empty work directory for layer {layer.Id}", place, EntryState.Missing, EntryState.Directory, RepairRisk.R1, like: like, before: StoreSteps.Unused(view, layer.Id));
    }

    /// <returns>Why there are no steps; <see langword="null"/> if there are.</returns>
    private static string? Lower(PlanDraft draft, HostDriverStore view, OverlayDriverLayer layer, out List<RepairStep> steps)
    {
        OverlayDriverStore store = view.Store;
        steps = [];
        ExpectedValue expected = store.GetExpectedLower(layer.Id);
        StorePlace place = StoreLayout.Place(store, layer.Directory.Combine(OverlayDriverNames.Lower));
        if (expected.Status == ExpectedValueStatus.None)
        {
            // A file that is made again has not the owner and mode of the one that was there: so it is kept.
            steps.AddRange(LinkRepairs.SetAside(draft, view, place, StoreEntryType.RegularFile, $"{layer.Id}-lower"));
            return null;
        }

        if (expected.Status != ExpectedValueStatus.Known)
            return StoreRepairs.Explain(expected);
        StorePlace? like = layer.Lower.State == StoreFileState.Missing && store.Layers.FirstOrDefault(other => other.Lower.HasContent) is { } model
            ? StoreLayout.Place(store, model.Directory.Combine(OverlayDriverNames.Lower)) : null;
        bool isLive = view.Home.GetLayerMounts(layer.Id).Any();
        HostContainer? container = view.FindContainer(layer.Id);
        steps.Add(StoreSteps.Replace(
            $"Write the lower file of layer {layer.Id}: {expected.Value}", place, EntryState.Of(layer.Lower), EntryState.File(expected.Value), container is null ? RepairRisk.R1 : RepairRisk.R2,
            isLive ? $"what is mounted now stays as it is: if it was mounted with the damaged file, stop and start the container {container?.Name}" : "the next mount has the right layers", like));
        return null;
    }
}
