using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;

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
                if (overlay.IsMountReadOnly || overlay.Upper.IsEmpty)
                    continue;
                if (!overlay.IsSuperReadOnly)
                {
                    ReportBelow(findings, mounts, overlay, reported);
                    continue;
                }

                reported.Add(overlay.Mount.MountPoint);
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(overlay.Mount), $"The overlay on {overlay.Mount.MountPoint} is read-only as a file system, although it was mounted for writing.",
                    $"work:{overlay.Work}", FindingEvidence.Of(overlay.Mount, $"mounted {overlay.Mount.Options}, but the file system has the option ro; workdir={overlay.Work}"));
            }
        }

        foreach (HostStore view in findings.OpenStores(host))
        {
            // Containers that do not run have no overlay that tells.
            if (view.Containers.Length > 0 && view.Home.Mount is { } mount && HasTurned(mount) && !view.Home.MountedLayers.Any())
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, view.Home.Home),
                    "The file system of the driver home has turned read-only: no container starts or writes.", $"read-only:{mount.MountPoint}", Evidence(mount));
            }

            foreach (StoredLayer layer in view.Needed)
            {
                if (layer.WorkContent.Depth > ClearedDepth && !layer.IsCommitted && !view.Home.GetLayerMounts(layer.Id).Any(overlay => reported.Contains(overlay.Mount.MountPoint)))
                    Report(findings, view, layer);
            }
        }
    }

    /// <summary>The overlay shows its own options alone: a write fails with what the file system below answers.</summary>
    private static void ReportBelow(FindingSink findings, HostMounts mounts, HostOverlay overlay, HashSet<BytePath> reported)
    {
        if (!overlay.Upper.IsAbsolute || mounts.Table.Resolve(overlay.Upper) is not { } below || !HasTurned(below))
            return;
        reported.Add(overlay.Mount.MountPoint);
        findings.Report(
            FindingStatus.Confirmed, FindingSubject.Of(overlay.Mount), $"The file system of the upper directory of the overlay on {overlay.Mount.MountPoint} has turned read-only: every write fails.", $"read-only:{below.MountPoint}",
            FindingEvidence.Of(overlay.Mount, $"upperdir={overlay.Upper}"), Evidence(below));
    }

    private static FindingEvidence Evidence(MountEntry mount) =>
        FindingEvidence.Of(mount, $"mounted {mount.Options}, but the file system has the option ro: an error on the disk (errors=remount-ro, see the kernel's log), or somebody's remount");

    /// <summary>Whether a file system is read-only, and its mount is not: a mount that is wanted read-only is so itself.</summary>
    private static bool HasTurned(MountEntry mount) => IsFirst(mount.SuperOptions.Span, "ro"u8) && IsFirst(mount.Options.Span, "rw"u8);

    private static bool IsFirst(ReadOnlySpan<byte> options, ReadOnlySpan<byte> option) => options.StartsWith(option) && (options.Length == option.Length || options[option.Length] == (byte)',');

    private static void Report(FindingSink findings, HostStore view, StoredLayer layer) => findings.Report(
        view.Home.GetLayerMounts(layer.Id).Count > 0 ? FindingStatus.Suspected : FindingStatus.Confirmed, FindingSubject.Of(layer),
        $"The work directory of layer {layer.Id} holds more than the kernel clears: the next mount will be read-only.", $"work:{layer.WorkPath}",
        new FindingEvidence(layer.WorkPath.ToString(), string.Create(CultureInfo.InvariantCulture,
            $"{layer.WorkContent.Leftovers} entries nested {layer.WorkContent.Depth} deep below work; two levels are cleared at a mount")));
}
