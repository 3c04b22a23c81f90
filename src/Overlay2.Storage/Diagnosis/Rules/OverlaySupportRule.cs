using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0305.</summary>
internal sealed class OverlaySupportRule() : LibraryRule(FindingIds.OverlaySupport, DiagnosisStage.Capability)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        // A mounted overlay of several layers, as every engine's is, answers the question.
        if (host.Mounts is { IsKnown: true, Value.Overlays.Length: > 0 } || !findings.TryGet(host.Snapshot.Kernel, out KernelProfile? kernel))
            return;

        foreach (OverlayFeature feature in new[] { OverlayFeatures.Overlay, OverlayFeatures.MultipleLowers })
        {
            FeatureEvidence evidence = kernel[feature];
            if (evidence.Status == FeatureStatus.Unknown)
            {
                findings.Suspend($"{feature.Id}: {evidence.Source}");
            }
            else if (evidence.Status == FeatureStatus.No)
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Kernel, default),
                    feature == OverlayFeatures.Overlay ? "The kernel has no overlay file system." : "The kernel's overlay file system takes one lower layer only.", "kernel:overlay",
                    new FindingEvidence(kernel.ToString(), evidence.Source));
                return;
            }
        }
    }
}
