using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines;

/// <summary>The parts of a store that a repair changes, as they are afterwards.</summary>
internal sealed record StoreChange
{
    public required IReadOnlyList<StoredLayer> Layers { get; init; }

    public IReadOnlyList<OverlayDriverShortLink> ShortLinks { get; init; } = [];

    public StoreEntryType ShortLinkDirectory { get; init; }

    public IReadOnlyList<DockerImageLayer> ImageLayers { get; init; } = [];

    public IReadOnlyList<DockerContainerLayer> ContainerLayers { get; init; } = [];

    public StoreQuarantine Quarantine { get; init; } = StoreQuarantine.None;

    /// <summary>The store with these parts, and everything else as it was.</summary>
    public ILayerStore ApplyTo(ILayerStore store) => store switch
    {
        DockerClassicStore docker => new DockerClassicStore
        {
            DataRoot = docker.DataRoot,
            Home = docker.Home,
            Layers = [.. Layers.Cast<OverlayDriverLayer>()],
            Quarantine = Quarantine,
            OtherEntries = docker.OtherEntries,
            ShortLinkDirectory = ShortLinkDirectory,
            ShortLinks = ShortLinks,
            ReadProblems = docker.ReadProblems,
            ImageLayers = ImageLayers,
            ContainerLayers = ContainerLayers,
            Containers = docker.Containers,
            Images = docker.Images,
            BuildCache = docker.BuildCache,
            RepositoryNames = docker.RepositoryNames,
            KnowsRecordReferences = docker.KnowsRecordReferences,
        },
        ContainersStorageStore containers => new ContainersStorageStore
        {
            DataRoot = containers.DataRoot,
            Home = containers.Home,
            Layers = [.. Layers.Cast<OverlayDriverLayer>()],
            Quarantine = Quarantine,
            OtherEntries = containers.OtherEntries,
            ShortLinkDirectory = ShortLinkDirectory,
            ShortLinks = ShortLinks,
            ReadProblems = containers.ReadProblems,
            ImageStores = containers.ImageStores,
            LayerRecords = containers.LayerRecords,
            Containers = containers.Containers,
            Images = containers.Images,
            KnowsRecordReferences = containers.KnowsRecordReferences,
        },
        ContainerdSnapshotStore containerd => new ContainerdSnapshotStore
        {
            DataRoot = containerd.DataRoot,
            DriverHome = containerd.DriverHome,
            StateDirectory = containerd.StateDirectory,
            Home = containerd.Home,
            Layers = [.. Layers.Cast<ContainerdLayer>()],
            Quarantine = Quarantine,
            OtherEntries = containerd.OtherEntries,
            Snapshots = containerd.Snapshots,
            SnapshotsChangedAt = containerd.SnapshotsChangedAt,
            Namespaces = containerd.Namespaces,
            SnapshotNames = containerd.SnapshotNames,
            Containers = containerd.Containers,
            Images = containerd.Images,
            Leases = containerd.Leases,
            Tasks = containerd.Tasks,
            Contents = containerd.Contents,
            Sandboxes = containerd.Sandboxes,
            KnowsRecordReferences = containerd.KnowsRecordReferences,
            ReadProblems = containerd.ReadProblems,
        },
        _ => throw new NotSupportedException($"Stores of the kind {store.Kind} are not repaired."),
    };
}
