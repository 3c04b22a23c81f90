using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Repair;

/// <summary>The repairs of findings about stores: from what else the store says, byte for byte, and never by deleting.</summary>
internal static class StoreRepairs
{
    /// <summary>In which order: names before what uses them, what is missing before what is too much.</summary>
    private static readonly string[] s_order =
    [
        "OVL0110", "OVL0102", "OVL0101", "OVL0113", "OVL0103", "OVL0104", "OVL0105", "OVL0108", "OVL0114", "OVL0209", "OVL0011", "OVL0106", "OVL0109", "OVL0111", "OVL0115", "OVL0107", "OVL0112",
    ];

    /// <summary>Findings that are no warning and are repaired all the same.</summary>
    public static bool IsRepairedAnyway(string id) => id == "OVL0112";

    /// <summary>A finding's place in the order; -1 for findings of others.</summary>
    public static int OrderOf(string id) => Array.IndexOf(s_order, id);

    public static void Plan(PlanDraft draft, Finding finding)
    {
        if (draft.FindStore(finding) is not { } view)
        {
            draft.Refuse(finding, draft.HasCovers ? "first what covers the store has to go; then diagnose again" : finding.Id == "OVL0011" ? WorkRepairs.ByHand : "the store that it is about cannot be seen");
            return;
        }

        if (!view.Store.DriverHome.StartsWith(view.Store.DataRoot))
        {
            draft.Refuse(finding, $"the driver's directory {view.Store.DriverHome} is not at its usual place in the engine's root directory, where alone plans write");
            return;
        }

        switch (finding.Id)
        {
            case "OVL0101" when view is DriverStoreView driver:
                LinkRepairs.PlanLinkFile(draft, finding, driver);
                break;
            case "OVL0102" when view is DriverStoreView driver:
                LinkRepairs.PlanShortLink(draft, finding, driver);
                break;
            case "OVL0110" when view is DriverStoreView driver:
                LinkRepairs.PlanAllShortLinks(draft, finding, driver);
                break;
            case "OVL0112" when view is DriverStoreView driver:
                LinkRepairs.PlanUnused(draft, finding, driver);
                break;
            case "OVL0103" or "OVL0104" or "OVL0105" when view is DriverStoreView driver:
                LayerRepairs.PlanLower(draft, finding, driver);
                break;
            case "OVL0113":
                LayerRepairs.PlanParts(draft, finding, view);
                break;
            case "OVL0209":
                WorkRepairs.PlanVolatile(draft, finding, view);
                break;
            case "OVL0011":
                WorkRepairs.PlanUncleanable(draft, finding, view);
                break;
            case "OVL0108":
                RecordRepairs.PlanEntry(draft, finding, (DockerClassicStore)view.Store);
                break;
            case "OVL0114":
                RecordRepairs.PlanLostId(draft, finding, (DockerClassicStore)view.Store);
                break;
            case "OVL0106":
                LostLayers.Refuse(draft, finding, view, finding.Subject.Id);
                break;
            case "OVL0115":
                RemovalRepairs.Plan(draft, finding, view);
                break;
            case "OVL0107":
                OrphanRepairs.Plan(draft, finding, view);
                break;
            case "OVL0109":
                draft.Refuse(finding, "what the files held is in no other place of the store: pull every image that has the layer again, after the engine no longer has it; order: first get the image elsewhere, then remove, then load");
                break;
            case "OVL0111":
                draft.Refuse(finding, "what the copy lost is in no other place of the store: copy it again from the original with its devices, extended attributes and hard links, with the engine stopped, or pull the images again");
                break;
            default:
                draft.Refuse(finding, $"there is no automatic repair; see {finding.HelpLink}");
                break;
        }
    }

    /// <summary>Why an expected value is not known, for a refusal.</summary>
    public static string Explain(ExpectedValue expected) => expected.Status == ExpectedValueStatus.Contradictory
        ? $"the store contradicts itself about what should be there: {(expected.Candidates.Count == 0 ? "" : $"{string.Join(" or ", expected.Candidates.Take(4))}, ")}by {string.Join(", ", expected.Evidence.Take(4))}"
        : "nothing else in the store says what should be there";

    /// <summary>Where something that is taken out of a store is kept: a name of its own beside what is there already.</summary>
    public static StorePlace KeepPlace(PlanDraft draft, StoreView view, string name)
    {
        StorePlace quarantine = StoreLayout.Quarantine(view.Store);
        return draft.NextFree(quarantine with { Path = quarantine.Path.Combine(new BytePath(ByteString.FromDisplay(name))) });
    }

    /// <summary>Makes the directory for what is taken out, unless it is there.</summary>
    public static IEnumerable<RepairStep> MakeQuarantine(PlanDraft draft, StoreView view)
    {
        StorePlace quarantine = StoreLayout.Quarantine(view.Store);
        if (!draft.Has(quarantine))
            yield return StoreSteps.Replace($"Make {quarantine}, where what is taken out is kept", quarantine, EntryState.Missing, EntryState.Directory, RepairRisk.R1);
    }
}
