using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>The processes of a host, by id and by container.</summary>
internal sealed class HostProcesses
{
    private readonly Dictionary<int, SnapshotProcess> _byId;
    private readonly Dictionary<ByteString, SnapshotProcess> _byContainer = [];

    public HostProcesses(ImmutableArray<SnapshotProcess> processes)
    {
        _byId = new Dictionary<int, SnapshotProcess>(processes.Length);
        foreach (SnapshotProcess process in processes)
        {
            _byId.TryAdd(process.ProcessId, process);
            if (process.ContainerId.Length > 0 && !process.Name.Span.SequenceEqual("conmon"u8))
                _byContainer.TryAdd(ByteString.FromText(process.ContainerId), process);
        }
    }

    public SnapshotProcess? Find(int processId) => _byId.GetValueOrDefault(processId);

    /// <summary>A process in the control group of a container, its monitor left out; the first of the list.</summary>
    public SnapshotProcess? FindOfContainer(ByteString containerId) => _byContainer.GetValueOrDefault(containerId);
}
