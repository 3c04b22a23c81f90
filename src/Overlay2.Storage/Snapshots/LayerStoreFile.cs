using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Snapshots;

/// <summary>A store in a snapshot file: one member, named after the kind of store.</summary>
internal sealed class LayerStoreFile
{
    public DockerClassicStore? DockerClassic { get; init; }

    public ContainersStorageStore? ContainersStorage { get; init; }

    public ContainerdSnapshotStore? ContainerdSnapshots { get; init; }

    public static LayerStoreFile Of(ILayerStore store) => store switch
    {
        DockerClassicStore docker => new LayerStoreFile { DockerClassic = docker },
        ContainersStorageStore containers => new LayerStoreFile { ContainersStorage = containers },
        ContainerdSnapshotStore containerd => new LayerStoreFile { ContainerdSnapshots = containerd },
        _ => throw new NotSupportedException($"Stores of the kind {store.Kind} cannot be saved."),
    };

    public ILayerStore ToStore() =>
        (ILayerStore?)DockerClassic ?? (ILayerStore?)ContainersStorage ?? ContainerdSnapshots ?? throw new SnapshotFormatException("A store is of a kind that this version does not know.");
}
