using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0209. A layer that is mounted volatile now has the mark by right.</summary>
internal sealed class VolatileLayerRule() : LibraryRule(FindingIds.VolatileLayer, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            foreach (StoredLayer layer in view.Needed)
            {
                if (!layer.WorkContent.HasVolatileMarker || layer.IsCommitted || view.Home.GetLayerMounts(layer.Id).Any(overlay => overlay.IsVolatile))
                    continue;
                bool isHealed = view.Store.Engine.ClearsVolatileMarks;
                findings.Report(
                    isHealed ? FindingSeverity.Warning : Descriptor.Severity, FindingStatus.Confirmed, FindingSubject.Of(layer),
                    $"The layer {layer.Id} was mounted volatile before{(isHealed ? "" : ": the kernel refuses to mount it again")}, and what was written last may not be on disk.", $"volatile:{layer.Id}",
                    new FindingEvidence($"{layer.WorkPath}/work/incompat/volatile", "the kernel's mark is there"));
            }
        }
    }
}
