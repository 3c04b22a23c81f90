using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
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
            foreach (MountEntry mount in table.Entries)
            {
                findings.CancellationToken.ThrowIfCancellationRequested();

                // The copy of a mount that the engine still has goes when it unmounts its own, or is the container's own root. Who lives in
                // one that the engine does not have is a container of another engine, perhaps with the same paths.
                if (!mount.IsOverlay || mounts.HasDevice(mount) || table.Root?.MountId == mount.MountId || !IsOnSameFileSystem(table, mount, mounts) || !IsLeft(host, stores, mount))
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

    /// <summary>The namespace of an engine in a container has such paths too, on another file system.</summary>
    private static bool IsOnSameFileSystem(MountTable table, MountEntry mount, HostMounts mounts) =>
        table.GetParent(mount) is not { } below || mounts.Table.Resolve(mount.MountPoint) is not { } own || (below.Major, below.Minor) == (own.Major, own.Minor);

    /// <summary>Whether a mount is in a layer's directory whose container does not run.</summary>
    private static bool IsLeft(HostView host, Dictionary<DriverHome, HostStore> stores, MountEntry mount)
    {
        var overlay = new HostOverlay(mount);
        foreach (BytePath path in (ReadOnlySpan<BytePath>)[mount.MountPoint, overlay.Upper])
        {
            if (host.FindHome(path) is { } home && home.TryGetMountedLayer(overlay, out ByteString layerId))
                return stores.GetValueOrDefault(home)?.FindContainer(layerId) is not { IsRunning: true };
        }

        return false;
    }

    private static string Describe(ImmutableArray<MountHolderProcess> processes) =>
        processes.IsEmpty ? "no known process" : string.Join(", ", processes.Take(4).Select(process => $"process {process.ProcessId} ({process.Name})"));
}
