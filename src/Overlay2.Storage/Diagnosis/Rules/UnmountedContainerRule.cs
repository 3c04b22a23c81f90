using System.Globalization;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0007. Under a cover the cover is the finding, and not each container below it.</summary>
internal sealed class UnmountedContainerRule() : LibraryRule(FindingIds.UnmountedContainer, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;

        foreach (HostStore view in findings.RecordedStores(host))
        {
            if (view.Home.Cover is { } cover)
            {
                findings.Suspend(FindingSink.Explain(view.Home, cover), SuspensionKind.Covered);
                continue;
            }

            foreach (HostContainer container in view.Containers)
            {
                if (container is { LayerId.IsEmpty: false, IsRunning: true, IsRestarting: false, IsBeingRemoved: false } && host.IsAlive(container) != false)
                    Examine(host, findings, view, container, mounts);
            }
        }
    }

    private static void Examine(HostView host, FindingSink findings, HostStore view, HostContainer container, HostMounts mounts)
    {
        // One that is mounted but hidden is the fault of what hides it.
        if (view.Home.GetLayerMounts(container.LayerId).Count > 0 || (!container.RootFileSystem.IsEmpty && !mounts.Table.GetByMountPoint(container.RootFileSystem).IsEmpty))
            return;

        // Engines without privileges mount in a mount namespace of their own.
        if (!container.IsNoted && (!host.Snapshot.OtherNamespaces.IsKnown
            || findings.OtherNamespaces(host).Any(other => other.Table.Entries.Any(mount => mount.IsOverlay && mount.MountPoint.StartsWith(view.PathOf(container.LayerId))))
            || findings.HasUnreadNamespaces(host)))
        {
            findings.TryGet(host.Snapshot.OtherNamespaces, out _);
            return;
        }

        bool? isAlive = host.IsAlive(container);
        SnapshotProcess? process = isAlive == true ? host.Snapshot.Processes.Value.First(candidate => candidate.ProcessId == container.ProcessId) : null;
        findings.Report(
            isAlive == true ? FindingStatus.Confirmed : FindingStatus.Suspected, FindingSubject.Of(container),
            $"The container {container.Name} is noted as running, but its root file system is not mounted where the engine looks for it.", $"unmounted:{container.Id}",
            new FindingEvidence("mountinfo", WhatIsThere(view, container, mounts)),
            new FindingEvidence(container.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"the container is noted as running with process {container.ProcessId}")),
            new FindingEvidence("processes", process is null ? $"whether the process runs is not known: {host.Snapshot.Processes.Reason}" : $"process {process.ProcessId} ({process.Name}) runs"));
    }

    private static string WhatIsThere(HostStore view, HostContainer container, HostMounts mounts)
    {
        Bytes.BytePath layer = view.PathOf(container.LayerId);
        if (view is not HostDriverStore)
            return $"nothing is mounted on {container.RootFileSystem}, and no overlay writes to {layer}";
        Bytes.BytePath merged = layer.Combine(OverlayDriverNames.Merged);
        return $"no overlay is mounted on {merged}; a path there ends in {(mounts.Table.Resolve(merged) is { } seen ? seen.ToString() : "a mount that the table does not show")}";
    }
}
