using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0007. Under a cover the cover is the finding, and not each container below it.</summary>
internal sealed class UnmountedContainerRule() : LibraryRule("OVL0007", DiagnosisStage.Topology)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.TryGetMounts(out MountView? mounts))
            return;

        foreach (StoreView view in context.RecordedStores())
        {
            if (view.Home.IsCovered)
            {
                context.Suspend(view.Home.CoveredBecause, SuspensionKind.Covered);
                continue;
            }

            foreach (DockerContainerLayer record in view.Store.ContainerLayers)
            {
                if (!record.MountId.Trimmed.IsEmpty && view.Store.TryGetContainer(record.ContainerId, out DockerContainer? container)
                    && container is { IsRunning: true, IsRestarting: false, IsDead: false, IsRemovalInProgress: false } && context.IsAlive(container) != false)
                {
                    Examine(context, view, record, container, mounts);
                }
            }
        }
    }

    private static void Examine(DiagnosisContext context, StoreView view, DockerContainerLayer record, DockerContainer container, MountView mounts)
    {
        // One that is mounted but hidden is the fault of what hides it.
        if (view.Home.GetLayerMounts(record.MountId.Trimmed).Count > 0)
            return;

        Bytes.BytePath merged = view.Home.Home.Combine(new Bytes.BytePath(record.MountId.Trimmed)).Combine(DockerNames.Merged);
        MountEntry? seen = mounts.Table.Resolve(merged);
        bool? isAlive = context.IsAlive(container);
        SnapshotProcess? process = isAlive == true ? context.Snapshot.Processes.Value.First(candidate => candidate.ProcessId == container.ProcessId) : null;
        context.Report(
            isAlive == true ? FindingStatus.Confirmed : FindingStatus.Suspected, view.Subject(container),
            $"The container {container.Name} is noted as running, but its root file system is not mounted where the engine looks for it.", $"unmounted:{container.Id}",
            new FindingEvidence("mountinfo", $"no overlay is mounted on {merged}; a path there ends in {(seen is null ? "a mount that the table does not show" : seen.ToString())}"),
            new FindingEvidence(view.Subject(container).Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"the container is noted as running with process {container.ProcessId}")),
            new FindingEvidence("processes", process is null ? $"whether the process runs is not known: {context.Snapshot.Processes.Reason}" : $"process {process.ProcessId} ({process.Name}) runs"));
    }
}
