using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0209. A layer that is mounted volatile now has the mark by right.</summary>
internal sealed class VolatileLayerRule() : LibraryRule("OVL0209", DiagnosisStage.Store)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (StoreView view in context.OpenStores())
        {
            foreach (StoredLayer layer in view.Needed)
            {
                if (!layer.WorkContent.HasVolatileMarker || layer.IsCommitted || view.Home.GetLayerMounts(layer.Id).Any(overlay => overlay.IsVolatile))
                    continue;
                // Observed on Podman 4.3: its driver takes the mark away before it mounts.
                bool isHealed = view.Store.Kind == LayerStoreKind.ContainersStorage;
                context.Report(
                    isHealed ? FindingSeverity.Warning : Descriptor.Severity, FindingStatus.Confirmed, StoreView.Subject(layer),
                    $"The layer {layer.Id} was mounted volatile before{(isHealed ? "" : ": the kernel refuses to mount it again")}, and what was written last may not be on disk.", $"volatile:{layer.Id}",
                    new FindingEvidence($"{layer.WorkPath}/work/incompat/volatile", "the kernel's mark is there"));
            }
        }
    }
}
