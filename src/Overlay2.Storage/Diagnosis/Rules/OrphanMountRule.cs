using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0006: no record owns the mount, or the container that does has no process any more.</summary>
internal sealed class OrphanMountRule() : LibraryRule("OVL0006", DiagnosisStage.Topology)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.TryGetMounts(out _))
            return;

        int unproven = 0;
        foreach (StoreView view in context.RecordedStores())
        {
            HashSet<ByteString> owned = [.. view.Store.References.Select(reference => reference.LayerId)];
            foreach (ByteString layerId in view.Home.MountedLayers)
            {
                IReadOnlyList<OverlayView> overlays = view.Home.GetLayerMounts(layerId);
                if (!owned.Contains(layerId) || IsOfLostTask(view, layerId, overlays[0]))
                    ReportUnowned(context, view, layerId, overlays);
                else if (view.FindContainer(layerId) is { IsBeingRemoved: false } container)
                    Judge(context, view, container, overlays, ref unproven);
            }
        }

        if (unproven > 0)
        {
            context.Report(
                FindingStatus.Unknown, new FindingSubject(FindingSubjectKind.Host, default),
                string.Create(CultureInfo.InvariantCulture, $"{unproven} containers are noted as running and mounted; whether their processes still run is not known."), "processes",
                new FindingEvidence("processes", context.Snapshot.Processes.Reason));
        }
    }

    /// <summary>Whether containerd mounted it for a task whose container is no more, though the snapshot still is.</summary>
    private static bool IsOfLostTask(StoreView view, ByteString layerId, OverlayView overlay) =>
        view.Store is ContainerdSnapshotStore store && view.FindContainer(layerId) is null
        && !store.ReadProblems.Any(problem => problem.Path == store.DataRoot.Combine(ContainerdNames.Metadata))
        && overlay.Mount.MountPoint.StartsWith(store.StateDirectory.Combine(ContainerdNames.Tasks));

    private static void ReportUnowned(DiagnosisContext context, StoreView view, ByteString layerId, IReadOnlyList<OverlayView> overlays)
    {
        OverlayView overlay = overlays[0];
        SnapshotNamespace? inhabitant = context.FindInhabitant(overlay.Mount);
        FindingStatus status = !view.KnowsAllReferences ? FindingStatus.Unknown
            : context.Snapshot.OtherNamespaces.IsKnown && inhabitant is null ? FindingStatus.Confirmed
            : FindingStatus.Suspected;
        string records = view.KnowsAllReferences
            ? $"no image, container or build record names the layer {layerId}"
            : $"no record names the layer {layerId}, but {view.Store.ReferenceProblems.Count} records cannot be read, first {view.Store.ReferenceProblems[0]}";
        context.Report(
            status, MountView.Subject(overlay.Mount), "An overlay is mounted that belongs to no container.", $"orphan:{layerId}",
            [
                .. overlays.Select(mounted => MountView.Describe(mounted.Mount)),
                new FindingEvidence(view.Store.DataRoot.ToString(), records),
                .. inhabitant is null ? Array.Empty<FindingEvidence>() : [new FindingEvidence("processes", $"mount namespace {inhabitant.Id} has it as its root directory")],
            ]);
    }

    private static void Judge(DiagnosisContext context, StoreView view, ContainerView container, IReadOnlyList<OverlayView> overlays, ref int unproven)
    {
        OverlayView overlay = overlays[0];
        if (container is { IsNoted: false, IsRunning: false } && (!context.Snapshot.Processes.IsKnown || context.FindInhabitant(overlay.Mount) is not null))
        {
            unproven += context.Snapshot.Processes.IsKnown ? 0 : 1;
            return;
        }

        if (!container.IsRunning)
        {
            // Copying out of a stopped container mounts it for a moment.
            context.Report(
                FindingSeverity.Information, FindingStatus.Suspected, MountView.Subject(overlay.Mount), $"The container {container.Name} does not run, but its root file system is mounted.",
                $"stale:{container.Id}", MountView.Describe(overlay.Mount));
            return;
        }

        bool? isAlive = context.IsAlive(container);
        if (isAlive is null)
            unproven++;
        else if (isAlive == false && !container.IsRestarting && context.FindInhabitant(overlay.Mount) is null)
        {
            context.Report(
                FindingStatus.Confirmed, MountView.Subject(overlay.Mount),
                $"The container {container.Name} is noted as running, but its process is gone: its root file system is mounted for nobody.", $"stale:{container.Id}",
                MountView.Describe(overlay.Mount),
                new FindingEvidence("processes", string.Create(CultureInfo.InvariantCulture, $"there is no process {container.ProcessId} of the container")),
                new FindingEvidence(container.Path.ToString(), "the container is noted as running"));
        }
    }
}
