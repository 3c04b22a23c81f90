using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0103.</summary>
internal sealed class EmptyLowerRule() : LibraryRule(FindingIds.EmptyLower, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                if (!layer.Lower.IsEmpty || layer.NamesLayersById)
                    continue;
                string path = layer.Directory.Combine(OverlayDriverNames.Lower).ToString();
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), "The layers below are lost to this one: a mount of it succeeds and shows the driver's own directory instead.", $"lower:{layer.Id}",
                    new FindingEvidence(path, "the file is empty"), StoreEvidence.Expected(path, view.Store.GetExpectedLower(layer.Id)));
            }
        }
    }
}
