using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0103.</summary>
internal sealed class EmptyLowerRule() : LibraryRule("OVL0103", DiagnosisStage.Store)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (DriverStoreView view in context.OpenDriverStores())
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                if (!layer.Lower.IsEmpty)
                    continue;
                string path = layer.Directory.Combine(OverlayDriverNames.Lower).ToString();
                context.Report(
                    FindingStatus.Confirmed, StoreView.Subject(layer), "The layers below are lost to this one: a mount of it succeeds and shows the driver's own directory instead.", $"lower:{layer.Id}",
                    new FindingEvidence(path, "the file is empty"), StoreEvidence.Expected(path, view.Store.GetExpectedLower(layer.Id)));
            }
        }
    }
}
