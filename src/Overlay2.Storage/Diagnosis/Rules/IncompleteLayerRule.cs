using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0113.</summary>
internal sealed class IncompleteLayerRule() : LibraryRule(FindingIds.IncompleteLayer, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            foreach (StoredLayer layer in view.Needed)
            {
                IReadOnlyList<LayerFault> faults = view.Store.FindFaults(layer);
                if (faults.Count > 0)
                    findings.Report(FindingStatus.Confirmed, FindingSubject.Of(layer), Describe(view, layer), $"layer:{layer.Id}", [.. faults.SelectMany(Evidence)]);
            }
        }
    }

    private static string Describe(HostStore view, StoredLayer layer) => layer.Diff == StoreEntryType.Missing
        ? view.FindContainer(layer.Id) is { } container ? $"The files that container {container.Name} has written are not at their place." : "The files of a layer are not at their place."
        : "A part of a layer is missing: what is above it does not start, or not with the right files.";

    private static IEnumerable<FindingEvidence> Evidence(LayerFault fault)
    {
        string path = fault.Path.ToString();
        yield return new FindingEvidence(path, fault.Description);
        if (fault.Expected is { } expected)
            yield return StoreEvidence.Expected(path, expected);
    }
}
