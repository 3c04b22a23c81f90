using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>OVL0107: layers that nobody needs are moved out of the driver's directory, and kept. Deleting them is a later plan of its own.</summary>
internal static class OrphanRepairs
{
    public static string? Plan(PlanDraft draft, Finding finding, HostStore view)
    {
        if (finding.Status != FindingStatus.Confirmed)
            return "it is not certain that nobody needs it: wait until it is a day old and nothing writes to the store, and diagnose again";

        if (!view.Store.TryGetLayer(finding.Subject.Id, out StoredLayer? layer))
            return "the layer is not in the snapshot";

        if (draft.Table is not { } table || table.Resolve(view.Home.Home) is not { } home || table.Resolve(view.Home.DataRoot) != home)
            return "the driver's directory is a mount of its own: there is no place beside it on the same file system";

        if (StoreSteps.FindUser(draft, view, layer.Id) is { } user)
            return $"it is in use ({user})";

        // What the engine has in memory it would go on to use.
        IReadOnlyList<UnneededRecord> records = view.Store.FindUnneededRecords(layer.Id);
        if (records.Count > 0 && draft.IsEngineRunning)
            return "it has a record, which the engine holds in memory: stop the engine, and plan again";

        List<RepairStep> steps = [.. StoreRepairs.MakeQuarantine(draft, view)];
        foreach (UnneededRecord record in records)
        {
            steps.Add(StoreSteps.Move(
                $"Set the record {record.Path} aside, which no image needs", StoreLayout.Place(view.Store, record.Path), StoreRepairs.KeepPlace(draft, view, $"layerdb-{record.Path.FileName}"),
                new EntryIdentity(StoreEntryType.Directory), RepairRisk.R2, "the engine reads the database when it starts", before: [new EngineStoppedPredicate(), .. StoreSteps.Unused(view, layer.Id)]));
        }

        steps.Add(StoreSteps.Move(
            $"Set the layer {layer.Id} aside, which nobody needs", StoreLayout.Place(view.Store, layer.Directory), StoreRepairs.KeepPlace(draft, view, layer.Id.ToString()),
            Identify(layer), RepairRisk.R2, "none: no image, container, build record or mount needs it", before: StoreSteps.Unused(view, layer.Id)));
        if (view.Store is OverlayDriverStore driver)
        {
            foreach (OverlayDriverShortLink link in driver.GetShortLinksOfLayer(layer.Id).Where(link => !IsUsed((HostDriverStore)view, link.Name)))
            {
                steps.Add(StoreSteps.Replace(
                    $"Remove its short link {link.Name}", StoreLayout.Place(driver, ((HostDriverStore)view).LinkPath(link.Name)), EntryState.Link(link.Target), EntryState.Missing, RepairRisk.R1));
            }
        }

        return draft.Add(finding, steps);
    }

    private static bool IsUsed(HostDriverStore view, ByteString name) => view.UsedNames.ContainsKey(name);

    private static EntryIdentity Identify(StoredLayer layer) => new(StoreEntryType.Directory) { Inode = layer.Inode, ModifiedAt = layer.ModifiedAt };
}
