using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

// Who runs, and who lives in which mounts.
public sealed partial class HostView
{
    private readonly Lazy<SnapshotPart<HostProcesses>> _processes;
    private readonly Lazy<Dictionary<(int Major, int Minor), SnapshotNamespace>> _roots;
    private readonly Lazy<LeakSearch?> _leaks;

    /// <summary>The overlays of stores that the engine has unmounted, and other mount namespaces have not; none where the mounts are not known.</summary>
    public ImmutableArray<LeakedMount> LeakedOverlays => _leaks.Value?.Overlays ?? [];

    /// <summary>The process of an id; <see langword="null"/> where there is none, or the processes are not known.</summary>
    /// <param name="processId">The id, as the engine's <c>/proc</c> shows it.</param>
    public SnapshotProcess? FindProcess(int processId) => _processes.Value.TryGet(out HostProcesses? processes) ? processes.Find(processId) : null;

    /// <summary>A process in the control group of a container, its monitor left out; <see langword="null"/> where there is none, or the processes are not known.</summary>
    /// <param name="containerId">The container's id.</param>
    public SnapshotProcess? FindProcess(ByteString containerId) => _processes.Value.TryGet(out HostProcesses? processes) ? processes.FindOfContainer(containerId) : null;

    /// <summary>Whether the first process of a container runs; <see langword="null"/> if the snapshot does not hold the processes.</summary>
    /// <param name="container">The container.</param>
    public bool? IsAlive(HostContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);

        // A process id is used again; the cgroup says whose it is, where it says something.
        return !Snapshot.Processes.IsKnown ? null : FindProcess(container.ProcessId) is { } found
            && (found.ContainerId.Length == 0 || container.Id.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(found.ContainerId)));
    }

    /// <summary>A mount namespace whose root directory is in the file system of a mount: somebody lives in it.</summary>
    /// <param name="mount">The mount.</param>
    public SnapshotNamespace? FindInhabitant(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        return _roots.Value.GetValueOrDefault((mount.Major, mount.Minor));
    }

    private Dictionary<(int Major, int Minor), SnapshotNamespace> IndexRoots()
    {
        Dictionary<(int Major, int Minor), SnapshotNamespace> roots = [];
        foreach (SnapshotNamespace other in Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces) ? namespaces : [])
        {
            if (other.Mounts.TryGet(out MountTable? table) && table.Root is { } root)
                roots.TryAdd((root.Major, root.Minor), other);
        }

        return roots;
    }
}
