using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A store with what rules ask of it: which layers are needed, and by whom.</summary>
internal class StoreView
{
    private readonly Lazy<HashSet<ByteString>> _recorded;
    private readonly Lazy<Dictionary<ByteString, ContainerView>> _containersByLayer;
    private readonly Lazy<(IReadOnlyList<StoredLayer> Needed, IReadOnlyList<StoredLayer> Unreferenced)> _layers;

    protected StoreView(ILayerStore store, DriverHomeView home, ImmutableArray<ContainerView> containers)
    {
        Store = store;
        Home = home;
        Containers = containers;
        KnowsAllReferences = store.ReferenceProblems.Count == 0;
        _recorded = new Lazy<HashSet<ByteString>>(() => [.. store.References.Where(reference => reference.Kind is not (LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished)).Select(reference => reference.LayerId)]);
        _containersByLayer = new Lazy<Dictionary<ByteString, ContainerView>>(IndexContainers);
        _layers = new Lazy<(IReadOnlyList<StoredLayer>, IReadOnlyList<StoredLayer>)>(Divide);
    }

    public virtual ILayerStore Store { get; }

    public DriverHomeView Home { get; }

    /// <summary>The containers that the store's records tell of.</summary>
    public ImmutableArray<ContainerView> Containers { get; }

    /// <summary>Whether every record that could need a layer was read.</summary>
    public bool KnowsAllReferences { get; }

    /// <summary>The layers that no record leads to; some of them may be needed where <see cref="KnowsAllReferences"/> is not so.</summary>
    public virtual IReadOnlyList<StoredLayer> Unreferenced => _layers.Value.Unreferenced;

    /// <summary>The layers whose faults matter: those that are needed, or may be, and do not belong to a container that is being removed.</summary>
    public virtual IReadOnlyList<StoredLayer> Needed => _layers.Value.Needed;

    /// <summary>Whether an image or a container has a layer by its record: where its directory is gone that is a finding of its own.</summary>
    public bool IsRecorded(ByteString layerId) => _recorded.Value.Contains(layerId);

    /// <summary>The container that a layer is the writable one, or the one below that, of.</summary>
    public ContainerView? FindContainer(ByteString layerId) => _containersByLayer.Value.GetValueOrDefault(layerId);

    /// <summary>Whether a layer's container is being removed, or its removal failed: its parts may be gone already.</summary>
    public bool IsBeingRemoved(ByteString layerId) => FindContainer(layerId) is { IsBeingRemoved: true };

    /// <summary>Where a layer is, or would be.</summary>
    public BytePath PathOf(ByteString layerId) => Home.LayersDirectory.Combine(new BytePath(layerId));

    public static FindingSubject Subject(StoredLayer layer) => new(FindingSubjectKind.Layer, layer.Directory) { Id = layer.Id };

    public static FindingSubject Subject(ContainerView container) => new(FindingSubjectKind.Container, container.Path) { Id = container.Id, Name = container.Name };

    /// <summary>The view of a store, by its kind.</summary>
    /// <param name="store">The store.</param>
    /// <param name="home">Its driver home.</param>
    /// <param name="context">Tells of processes, where a store does not say which containers run.</param>
    public static StoreView Create(ILayerStore store, DriverHomeView home, DiagnosisContext context) => store switch
    {
        DockerClassicStore docker => new DriverStoreView(docker, home, [.. docker.Containers.Select(container => ContainerView.Of(container, docker))]),
        ContainersStorageStore containers => new DriverStoreView(containers, home, [.. containers.Containers.Select(container => ContainerView.Of(container, containers, context))]),
        ContainerdSnapshotStore containerd => new StoreView(containerd, home, [.. containerd.Containers.Select(container => ContainerView.Of(container, containerd, context.HasProcess))]),
        _ => throw new NotSupportedException($"Stores of the kind {store.Kind} are not diagnosed."),
    };

    private (IReadOnlyList<StoredLayer> Needed, IReadOnlyList<StoredLayer> Unreferenced) Divide()
    {
        IReadOnlyList<StoredLayer> unreferenced = Store.FindUnreferencedLayers();
        HashSet<ByteString> unneeded = KnowsAllReferences ? [.. unreferenced.Select(layer => layer.Id)] : [];
        return ([.. Store.Layers.Where(layer => !unneeded.Contains(layer.Id) && !IsBeingRemoved(layer.Id))], unreferenced);
    }

    private Dictionary<ByteString, ContainerView> IndexContainers()
    {
        Dictionary<ByteString, ContainerView> containers = [];
        foreach (ContainerView container in Containers)
        {
            if (!container.LayerId.IsEmpty)
                containers.TryAdd(container.LayerId, container);
            if (!container.InitLayerId.IsEmpty)
                containers.TryAdd(container.InitLayerId, container);
        }

        return containers;
    }
}
