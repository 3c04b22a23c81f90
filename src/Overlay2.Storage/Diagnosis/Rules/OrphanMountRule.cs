using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0006: no record owns the mount, or the container that does has no process any more.</summary>
internal sealed class OrphanMountRule() : LibraryRule(FindingIds.OrphanMount, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out _))
            return;

        int unproven = 0;
        foreach (HostStore view in findings.RecordedStores(host))
        {
            HashSet<ByteString> owned = [.. view.Store.References.Select(reference => reference.LayerId)];
            foreach (ByteString layerId in view.Home.MountedLayers)
            {
                IReadOnlyList<HostOverlay> overlays = view.Home.GetLayerMounts(layerId);
                if (!owned.Contains(layerId) || IsOfLostContainer(view, layerId, overlays[0]))
                    ReportUnowned(host, findings, view, layerId, overlays);
                else if (view.FindContainer(layerId) is { IsBeingRemoved: false } container)
                    Judge(host, findings, view, container, overlays, ref unproven);
            }
        }

        if (unproven > 0)
        {
            findings.Report(
                FindingStatus.Unknown, new FindingSubject(FindingSubjectKind.Host, default),
                string.Create(CultureInfo.InvariantCulture, $"{unproven} containers are noted as running and mounted; whether their processes still run is not known."), "processes",
                new FindingEvidence("processes", host.Snapshot.Processes.Reason));
        }
    }

    /// <summary>Whether the engine mounted it for a container that is no more, though the layer still is.</summary>
    private static bool IsOfLostContainer(HostStore view, ByteString layerId, HostOverlay overlay) =>
        view.FindContainer(layerId) is null && view.Store.IsContainerMount(overlay.Mount.MountPoint);

    private static void ReportUnowned(HostView host, FindingSink findings, HostStore view, ByteString layerId, IReadOnlyList<HostOverlay> overlays)
    {
        HostOverlay overlay = overlays[0];
        SnapshotNamespace? inhabitant = host.FindInhabitant(overlay.Mount);
        FindingStatus status = !view.KnowsAllReferences ? FindingStatus.Unknown
            : host.Snapshot.OtherNamespaces.IsKnown && !findings.HasUnreadNamespaces(host) && inhabitant is null ? FindingStatus.Confirmed
            : FindingStatus.Suspected;
        string records = view.KnowsAllReferences
            ? $"no image, container or build record names the layer {layerId}"
            : $"no record names the layer {layerId}, but {view.Store.ReferenceProblems.Count} records cannot be read, first {view.Store.ReferenceProblems[0]}";
        findings.Report(
            status, FindingSubject.Of(overlay.Mount), "An overlay is mounted that belongs to no container.", $"orphan:{layerId}",
            [
                .. overlays.Select(mounted => FindingEvidence.Of(mounted.Mount)),
                new FindingEvidence(view.Store.DataRoot.ToString(), records),
                .. inhabitant is null ? Array.Empty<FindingEvidence>() : [new FindingEvidence("processes", $"mount namespace {inhabitant.Id} has it as its root directory")],
            ]);
    }

    private static void Judge(HostView host, FindingSink findings, HostStore view, HostContainer container, IReadOnlyList<HostOverlay> overlays, ref int unproven)
    {
        HostOverlay overlay = overlays[0];
        if (container is { IsNoted: false, IsRunning: false } && (!host.Snapshot.Processes.IsKnown || host.FindInhabitant(overlay.Mount) is not null))
        {
            unproven += host.Snapshot.Processes.IsKnown ? 0 : 1;
            return;
        }

        if (!container.IsRunning)
        {
            // Copying out of a stopped container mounts it for a moment.
            findings.Report(
                FindingSeverity.Information, FindingStatus.Suspected, FindingSubject.Of(overlay.Mount), $"The container {container.Name} does not run, but its root file system is mounted.",
                $"stale:{container.Id}", FindingEvidence.Of(overlay.Mount));
            return;
        }

        bool? isAlive = host.IsAlive(container);
        if (isAlive is null)
            unproven++;
        else if (isAlive == false && !container.IsRestarting && host.FindInhabitant(overlay.Mount) is null)
        {
            findings.Report(
                findings.HasUnreadNamespaces(host) ? FindingStatus.Suspected : FindingStatus.Confirmed, FindingSubject.Of(overlay.Mount),
                $"The container {container.Name} is noted as running, but its process is gone: its root file system is mounted for nobody.", $"stale:{container.Id}",
                FindingEvidence.Of(overlay.Mount),
                new FindingEvidence("processes", string.Create(CultureInfo.InvariantCulture, $"there is no process {container.ProcessId} of the container")),
                new FindingEvidence(container.Path.ToString(), "the container is noted as running"));
        }
    }
}
