using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>What a <see cref="ContainerdSnapshotStore"/> looks up.</summary>
internal sealed class ContainerdIndex
{
    public ContainerdIndex(ContainerdSnapshotStore store)
    {
        Layers = store.Layers.FirstByKey(layer => layer.Id);
        Snapshots = store.Snapshots.FirstByKey(snapshot => snapshot.Key);
        SnapshotsByLayer = store.Snapshots.FirstByKey(snapshot => snapshot.LayerId);
        Names = store.SnapshotNames.FirstByKey(name => (name.Namespace, name.Name));
        NamesByKey = store.SnapshotNames.FirstByKey(name => name.Key);
        Containers = store.Containers.FirstByKey(container => (container.Namespace, container.Id));
        Tasks = store.Tasks.FirstByKey(task => (task.Namespace, task.ContainerId));
        ContainersByKey = store.Containers
            .Where(container => container.Snapshotter == ContainerdNames.Overlayfs && Names.ContainsKey((container.Namespace, container.SnapshotName)))
            .FirstByKey(container => Names[(container.Namespace, container.SnapshotName)].Key);
    }

    public Dictionary<ByteString, ContainerdLayer> Layers { get; }

    public Dictionary<ByteString, ContainerdSnapshot> Snapshots { get; }

    public Dictionary<ByteString, ContainerdSnapshot> SnapshotsByLayer { get; }

    public Dictionary<(ByteString Namespace, ByteString Name), ContainerdSnapshotName> Names { get; }

    public Dictionary<ByteString, ContainerdSnapshotName> NamesByKey { get; }

    public Dictionary<(ByteString Namespace, ByteString Id), ContainerdContainer> Containers { get; }

    public Dictionary<ByteString, ContainerdContainer> ContainersByKey { get; }

    public Dictionary<(ByteString Namespace, ByteString ContainerId), ContainerdTask> Tasks { get; }
}
