using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0012: the engine unmounts it when the container stops.</summary>
internal sealed class LeakedSharedMemoryRule() : LibraryRule(FindingIds.LeakedSharedMemory, DiagnosisStage.Topology)
{
    private static readonly BytePath s_containers = BytePath.FromText("containers");
    private static readonly ByteString s_type = ByteString.FromText("tmpfs");
    private static readonly BytePath s_name = BytePath.FromText("shm");

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;
        foreach (HostStore view in findings.RecordedStores(host))
        {
            BytePath directory = view.Store.DataRoot.Combine(s_containers);

            // A damaged store has two records of one id.
            ILookup<ByteString, HostContainer> containers = view.Containers.ToLookup(container => container.Id);
            foreach (MountEntry mount in mounts.Table.Entries)
            {
                if (TryGetContainerId(directory, mount, out ByteString id))
                    Judge(findings, containers, mount, id, "here");
            }

            foreach ((SnapshotNamespace other, MountTable table) in findings.OtherNamespaces(host))
            {
                foreach (MountEntry mount in table.Entries)
                {
                    // A copy of a mount that the engine still has goes with it; an engine in a container has containers of its own.
                    if (TryGetContainerId(directory, mount, out ByteString id) && !mounts.HasDevice(mount) && containers.Contains(id))
                        Judge(findings, containers, mount, id, $"in mount namespace {other.Id}");
                }
            }
        }
    }

    private static void Judge(FindingSink findings, ILookup<ByteString, HostContainer> containers, MountEntry mount, ByteString id, string where)
    {
        if (containers[id].Any(container => container.IsRunning || container.IsRestarting))
            return;
        findings.Report(
            FindingStatus.Suspected, FindingSubject.Of(mount), containers[id].FirstOrDefault() is { } stopped ? $"The shared memory of container {stopped.Name} is still mounted, and the container does not run." : "The shared memory of a container is still mounted, and there is no such container.",
            $"shm:{mount.MountPoint}", FindingEvidence.Of(mount, where));
    }

    /// <summary>The container whose <c>/dev/shm</c> a mount is: <c>containers/ID/mounts/shm</c>, before Docker 17.12 <c>containers/ID/shm</c>.</summary>
    private static bool TryGetContainerId(BytePath directory, MountEntry mount, out ByteString id)
    {
        id = default;
        if (mount.FileSystemType != s_type || !mount.MountPoint.StartsWith(directory) || mount.MountPoint.FileName != s_name.Bytes)
            return false;
        PathComponents components = mount.MountPoint.GetComponents();
        foreach (ReadOnlySpan<byte> _ in directory.GetComponents())
            components.MoveNext();
        if (!components.MoveNext())
            return false;
        id = new ByteString(components.Current);
        BytePath own = directory.Combine(new BytePath(id));
        return mount.MountPoint == own.Combine(s_name) || mount.MountPoint == own.Combine(BytePath.FromText("mounts")).Combine(s_name);
    }
}
