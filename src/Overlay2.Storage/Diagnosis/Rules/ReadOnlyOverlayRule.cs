using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0011: it is read-only already, or will be at the next mount.</summary>
/// <remarks>At a mount the kernel clears <c>work/work</c> two levels deep and gives up on what is deeper. Source: experiments on Linux 6.18.</remarks>
internal sealed class ReadOnlyOverlayRule() : LibraryRule(FindingIds.ReadOnlyOverlay, DiagnosisStage.Store)
{
    private const int ClearedDepth = 2;

    public override void Examine(HostView host, FindingSink findings)
    {
        HashSet<BytePath> reported = [];
        if (findings.TryGetMounts(host, out HostMounts? mounts))
        {
            foreach (HostOverlay overlay in mounts.Overlays)
            {
                if (!overlay.IsSuperReadOnly || overlay.IsMountReadOnly || overlay.Upper.IsEmpty)
                    continue;
                reported.Add(overlay.Mount.MountPoint);
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(overlay.Mount), $"The overlay on {overlay.Mount.MountPoint} is read-only as a file system, although it was mounted for writing.",
                    $"work:{overlay.Work}", FindingEvidence.Of(overlay.Mount, $"mounted {overlay.Mount.Options}, but the file system has the option ro; workdir={overlay.Work}"));
            }
        }

        foreach (HostStore view in findings.OpenStores(host))
        {
            foreach (StoredLayer layer in view.Needed)
            {
                if (layer.WorkContent.Depth > ClearedDepth && !layer.IsCommitted && !view.Home.GetLayerMounts(layer.Id).Any(overlay => reported.Contains(overlay.Mount.MountPoint)))
                    Report(findings, view, layer);
            }
        }
    }

    private static void Report(FindingSink findings, HostStore view, StoredLayer layer) => findings.Report(
        view.Home.GetLayerMounts(layer.Id).Count > 0 ? FindingStatus.Suspected : FindingStatus.Confirmed, FindingSubject.Of(layer),
        $"The work directory of layer {layer.Id} holds more than the kernel clears: the next mount will be read-only.", $"work:{layer.WorkPath}",
        new FindingEvidence(layer.WorkPath.ToString(), string.Create(CultureInfo.InvariantCulture,
            $"{layer.WorkContent.Leftovers} entries nested {layer.WorkContent.Depth} deep below work; two levels are cleared at a mount")));
}
