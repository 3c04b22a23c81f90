using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0005.</summary>
internal sealed class LeakedMountRule() : LibraryRule(FindingIds.LeakedMount, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;

        var stores = findings.RecordedStores(host).DistinctBy(view => view.Home).ToDictionary(view => view.Home);
        Dictionary<BytePath, List<FindingEvidence>> leaks = [];
        foreach ((SnapshotNamespace other, MountTable table) in findings.OtherNamespaces(host))
        {
            // An engine in a container has mounts of its own there.
            if (other.Processes.Any(process => KnownEngines.Programs.Contains(process.Name)))
                continue;
            foreach (MountEntry mount in table.Entries)
            {
                findings.CancellationToken.ThrowIfCancellationRequested();

                // The copy of a mount that the engine still has goes when it unmounts its own, or is the container's own root. Who lives in
                // one that the engine does not have is a container of another engine, perhaps with the same paths.
                if (!mount.IsOverlay || mounts.HasDevice(mount) || table.Root?.MountId == mount.MountId || !IsLeft(host, stores, mounts, table, mount))
                    continue;
                if (!leaks.TryGetValue(mount.MountPoint, out List<FindingEvidence>? evidence))
                    leaks.Add(mount.MountPoint, evidence = []);
                evidence.Add(FindingEvidence.Of(mount, $"in mount namespace {other.Id} of {Describe(other.Processes)}; the engine's own namespace does not have it"));
            }
        }

        foreach ((BytePath path, List<FindingEvidence> evidence) in leaks.OrderBy(pair => pair.Key))
        {
            findings.Report(
                host.Snapshot.Stores.IsKnown ? FindingStatus.Confirmed : FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.Mount, path),
                $"An overlay that the engine has unmounted from {path} is still mounted in another mount namespace: its layer stays in use.", $"leak:{path}", [.. evidence]);
        }
    }

    /// <summary>Whether a mount is in the directory of a layer that the store knows, and whose container does not run.</summary>
    private static bool IsLeft(HostView host, Dictionary<DriverHome, HostStore> stores, HostMounts mounts, MountTable table, MountEntry mount)
    {
        var overlay = new HostOverlay(mount);
        foreach (BytePath path in (ReadOnlySpan<BytePath>)[mount.MountPoint, overlay.Upper])
        {
            if (host.FindHome(path) is { } home && (home.TryGetMountedLayer(overlay, out ByteString layerId) || home.TryGetLayerId(path, out layerId)))
            {
                return IsIn(home, mounts, table, mount)
                    && (!stores.TryGetValue(home, out HostStore? view) || ((view.Store.TryGetLayer(layerId, out _) || view.IsRecorded(layerId)) && view.FindContainer(layerId) is not { IsRunning: true }));
            }
        }

        return false;
    }

    /// <summary>Whether a mount of another namespace is where this store's are: an engine in a container has such paths too, elsewhere on the disk.</summary>
    private static bool IsIn(DriverHome home, HostMounts mounts, MountTable table, MountEntry mount)
    {
        // containerd mounts outside of its store, on file systems that are not the disk.
        BytePath here = home.Engine.HasOverlayDriverLayout ? home.Home : mount.MountPoint;
        if (table.GetParent(mount) is not { } below || mounts.Table.Resolve(here) is not { } own)
            return true;
        return (below.Major, below.Minor) == (own.Major, own.Minor) && HostMounts.PathInFileSystem(below, mount.MountPoint).StartsWith(HostMounts.PathInFileSystem(own, here));
    }

    private static string Describe(ImmutableArray<MountHolderProcess> processes) =>
        processes.IsEmpty ? "no known process" : string.Join(", ", processes.Take(4).Select(process => $"process {process.ProcessId} ({process.Name})"));
}
