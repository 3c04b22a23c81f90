using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

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

            foreach (ContainerView container in view.Containers)
            {
                if (container is { LayerId.IsEmpty: false, IsRunning: true, IsRestarting: false, IsBeingRemoved: false } && context.IsAlive(container) != false)
                    Examine(context, view, container, mounts);
            }
        }
    }

    private static void Examine(DiagnosisContext context, StoreView view, ContainerView container, MountView mounts)
    {
        // One that is mounted but hidden is the fault of what hides it.
        if (view.Home.GetLayerMounts(container.LayerId).Count > 0 || (!container.RootFileSystem.IsEmpty && !mounts.Table.GetByMountPoint(container.RootFileSystem).IsEmpty))
            return;

        // Engines without privileges mount in a mount namespace of their own.
        if (!container.IsNoted && (!context.Snapshot.OtherNamespaces.IsKnown
            || context.OtherNamespaces().Any(other => other.Table.Entries.Any(mount => mount.IsOverlay && mount.MountPoint.StartsWith(view.PathOf(container.LayerId))))))
        {
            context.TryGet(context.Snapshot.OtherNamespaces, out _);
            return;
        }

        bool? isAlive = context.IsAlive(container);
        SnapshotProcess? process = isAlive == true ? context.Snapshot.Processes.Value.First(candidate => candidate.ProcessId == container.ProcessId) : null;
        context.Report(
            isAlive == true ? FindingStatus.Confirmed : FindingStatus.Suspected, StoreView.Subject(container),
            $"The container {container.Name} is noted as running, but its root file system is not mounted where the engine looks for it.", $"unmounted:{container.Id}",
            new FindingEvidence("mountinfo", WhatIsThere(view, container, mounts)),
            new FindingEvidence(container.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"the container is noted as running with process {container.ProcessId}")),
            new FindingEvidence("processes", process is null ? $"whether the process runs is not known: {context.Snapshot.Processes.Reason}" : $"process {process.ProcessId} ({process.Name}) runs"));
    }

    private static string WhatIsThere(StoreView view, ContainerView container, MountView mounts)
    {
        Bytes.BytePath layer = view.PathOf(container.LayerId);
        if (view is not DriverStoreView)
            return $"nothing is mounted on {container.RootFileSystem}, and no overlay writes to {layer}";
        Bytes.BytePath merged = layer.Combine(OverlayDriverNames.Merged);
        return $"no overlay is mounted on {merged}; a path there ends in {(mounts.Table.Resolve(merged) is { } seen ? seen.ToString() : "a mount that the table does not show")}";
    }
}
