using System.Buffers.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Docker's records, told as those of any engine.</summary>
internal static class DockerContainers
{
    public static StoredContainer Describe(DockerContainer container, DockerClassicStore store)
    {
        store.TryGetContainerLayer(container.Id, out DockerContainerLayer? layer);
        return new StoredContainer
        {
            Id = container.Id,
            Name = container.Name,
            Path = store.DataRoot.Combine(DockerNames.Containers).Combine(new BytePath(container.Id)),
            LayerId = layer?.MountId.Trimmed ?? default,
            InitLayerId = layer?.InitId.Trimmed ?? default,
            IsNotedRunning = container.IsRunning,
            ProcessId = container.ProcessId,
            IsRestarting = container.IsRestarting,
            IsBeingRemoved = container.IsDead || container.IsRemovalInProgress,
            IsRemovedOnStop = container.IsRemovedOnStop,
        };
    }

    public static RecordedSize? FindLargest(DockerClassicStore store)
    {
        RecordedSize? largest = null;
        foreach (DockerImageLayer layer in store.ImageLayers)
        {
            ByteString text = layer.Size.Trimmed;
            if (Utf8Parser.TryParse(text.Span, out ulong size, out int length) && length == text.Length && size > (largest?.Bytes ?? 0))
                largest = new RecordedSize(layer.ChainId, size);
        }

        return largest;
    }
}
