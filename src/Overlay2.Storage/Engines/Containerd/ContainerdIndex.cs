using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>What a <see cref="ContainerdSnapshotStore"/> looks up.</summary>
internal sealed class ContainerdIndex
{
    public ContainerdIndex(ContainerdSnapshotStore store)
    {
        foreach (ContainerdLayer layer in store.Layers)
            Layers.TryAdd(layer.Id, layer);
        foreach (ContainerdSnapshot snapshot in store.Snapshots)
        {
            Snapshots.TryAdd(snapshot.Key, snapshot);
            SnapshotsByLayer.TryAdd(snapshot.LayerId, snapshot);
        }

        foreach (ContainerdSnapshotName name in store.SnapshotNames)
        {
            Names.TryAdd((name.Namespace, name.Name), name);
            NamesByKey.TryAdd(name.Key, name);
        }

        foreach (ContainerdContainer container in store.Containers)
        {
            Containers.TryAdd((container.Namespace, container.Id), container);
            if (container.Snapshotter == ContainerdNames.Overlayfs && Names.TryGetValue((container.Namespace, container.SnapshotName), out ContainerdSnapshotName? name))
                ContainersByKey.TryAdd(name.Key, container);
        }

        foreach (ContainerdTask task in store.Tasks)
            Tasks.TryAdd((task.Namespace, task.ContainerId), task);
    }

    public Dictionary<ByteString, ContainerdLayer> Layers { get; } = [];

    public Dictionary<ByteString, ContainerdSnapshot> Snapshots { get; } = [];

    public Dictionary<ByteString, ContainerdSnapshot> SnapshotsByLayer { get; } = [];

    public Dictionary<(ByteString Namespace, ByteString Name), ContainerdSnapshotName> Names { get; } = [];

    public Dictionary<ByteString, ContainerdSnapshotName> NamesByKey { get; } = [];

    public Dictionary<(ByteString Namespace, ByteString Id), ContainerdContainer> Containers { get; } = [];

    public Dictionary<ByteString, ContainerdContainer> ContainersByKey { get; } = [];

    public Dictionary<(ByteString Namespace, ByteString ContainerId), ContainerdTask> Tasks { get; } = [];
}
