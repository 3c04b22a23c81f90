using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

public sealed partial class DiagnosisContext
{
    private Dictionary<int, SnapshotProcess>? _processes;
    private Dictionary<ByteString, SnapshotProcess>? _processesByContainer;
    private Dictionary<(int Major, int Minor), SnapshotNamespace>? _roots;

    /// <summary>Whether the first process of a container runs; <see langword="null"/> if the snapshot does not hold the processes.</summary>
    internal bool? IsAlive(ContainerView container)
    {
        // A process id is used again; the cgroup says whose it is, where it says something.
        return IndexProcesses() is not { } processes ? null : processes.TryGetValue(container.ProcessId, out SnapshotProcess? found)
            && (found.ContainerId.Length == 0 || container.Id.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(found.ContainerId)));
    }

    /// <summary>Whether there is a process of an id; <see langword="null"/> if the snapshot does not hold the processes.</summary>
    internal bool? HasProcess(int processId) => IndexProcesses()?.ContainsKey(processId);

    private Dictionary<int, SnapshotProcess>? IndexProcesses()
    {
        if (_processes is null && Snapshot.Processes.TryGet(out ImmutableArray<SnapshotProcess> processes))
        {
            _processes = new Dictionary<int, SnapshotProcess>(processes.Length);
            foreach (SnapshotProcess process in processes)
                _processes.TryAdd(process.ProcessId, process);
        }

        return _processes;
    }

    /// <summary>A process in the cgroup of a container, its monitor left out; the one with the lowest id.</summary>
    internal SnapshotProcess? FindProcess(ByteString containerId)
    {
        if (_processesByContainer is null)
        {
            _processesByContainer = [];
            foreach (SnapshotProcess process in Snapshot.Processes.TryGet(out ImmutableArray<SnapshotProcess> processes) ? processes : [])
            {
                if (process.ContainerId.Length > 0 && !process.Name.Span.SequenceEqual("conmon"u8))
                    _processesByContainer.TryAdd(ByteString.FromText(process.ContainerId), process);
            }
        }

        return _processesByContainer.GetValueOrDefault(containerId);
    }

    /// <summary>A mount namespace whose root directory is in the file system of a mount: somebody lives in it.</summary>
    internal SnapshotNamespace? FindInhabitant(MountEntry mount)
    {
        if (_roots is null)
        {
            _roots = [];
            if (Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
            {
                foreach (SnapshotNamespace other in namespaces)
                {
                    if (other.Mounts.TryGet(out MountTable? table) && table.Root is { } root)
                        _roots.TryAdd((root.Major, root.Minor), other);
                }
            }
        }

        return _roots.GetValueOrDefault((mount.Major, mount.Minor));
    }

    /// <summary>The other mount namespaces that could be read; where one could not, the rule that is asked now is suspended.</summary>
    internal IEnumerable<(SnapshotNamespace Namespace, MountTable Table)> OtherNamespaces()
    {
        if (!TryGet(Snapshot.OtherNamespaces, out ImmutableArray<SnapshotNamespace> namespaces))
            yield break;
        foreach (SnapshotNamespace other in namespaces)
        {
            if (other.Mounts.TryGet(out MountTable? table))
                yield return (other, table);
            else
                Suspend($"mount namespace {other.Id}: {other.Mounts.Reason}");
        }
    }
}
