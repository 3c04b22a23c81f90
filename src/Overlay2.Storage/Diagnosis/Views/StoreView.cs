using Overlay2.Storage.Bytes;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A classic store with what rules ask of it: which layers are needed, by whom, and which short names are used.</summary>
internal sealed class StoreView
{
    private readonly Lazy<StoreUse> _use;
    private readonly Lazy<HashSet<ByteString>> _recorded;
    private readonly Lazy<Dictionary<ByteString, DockerContainer>> _containersByLayer;

    public StoreView(DockerClassicStore store, DriverHomeView home)
    {
        Store = store;
        Home = home;
        KnowsAllReferences = store.ReferenceProblems.Count == 0;
        _use = new Lazy<StoreUse>(() => new StoreUse(store, IsBeingRemoved));
        _recorded = new Lazy<HashSet<ByteString>>(() => [.. store.References.Where(reference => reference.Kind != LayerReferenceKind.BuildCache).Select(reference => reference.LayerId)]);
        _containersByLayer = new Lazy<Dictionary<ByteString, DockerContainer>>(IndexContainers);
    }

    public DockerClassicStore Store { get; }

    public DriverHomeView Home { get; }

    /// <summary>Whether every record that could need a layer was read.</summary>
    public bool KnowsAllReferences { get; }

    /// <summary>The layers that no record leads to; some of them may be needed where <see cref="KnowsAllReferences"/> is not so.</summary>
    public IReadOnlyList<DockerLayer> Unreferenced => _use.Value.Unreferenced;

    /// <summary>The layers whose faults matter: those that are needed, or may be, and do not belong to a container that is being removed.</summary>
    public IReadOnlyList<DockerLayer> Needed => _use.Value.Needed;

    /// <summary>The short names that the <c>link</c> and <c>lower</c> files of needed layers use, each with one such file.</summary>
    public IReadOnlyDictionary<ByteString, NameUse> UsedNames => _use.Value.UsedNames;

    /// <summary>Whether a short name is in a <c>link</c> or <c>lower</c> file of any layer.</summary>
    public bool IsNamed(ByteString shortName) => UsedNames.ContainsKey(shortName) || _use.Value.OtherNames.Contains(shortName);

    /// <summary>Whether an image or a container has a layer by its record: where its directory is gone that is a finding of its own.</summary>
    public bool IsRecorded(ByteString layerId) => _recorded.Value.Contains(layerId);

    /// <summary>The container that a layer is the writable one, or the one below that, of.</summary>
    public DockerContainer? FindContainer(ByteString layerId) => _containersByLayer.Value.GetValueOrDefault(layerId);

    /// <summary>Whether a layer's container is being removed, or its removal failed: its parts may be gone already.</summary>
    public bool IsBeingRemoved(ByteString layerId) => FindContainer(layerId) is { } container && (container.IsDead || container.IsRemovalInProgress);

    public BytePath LinkPath(ByteString shortName) => Store.DriverHome.Combine(DockerNames.Links).Combine(new BytePath(shortName));

    public static FindingSubject Subject(DockerLayer layer) => new(FindingSubjectKind.Layer, layer.Directory) { Id = layer.Id };

    public FindingSubject Subject(DockerContainer container) =>
        new(FindingSubjectKind.Container, Store.DataRoot.Combine(DockerNames.Containers).Combine(new BytePath(container.Id))) { Id = container.Id, Name = container.Name };

    private Dictionary<ByteString, DockerContainer> IndexContainers()
    {
        Dictionary<ByteString, DockerContainer> containers = [];
        foreach (DockerContainerLayer layer in Store.ContainerLayers)
        {
            if (!Store.TryGetContainer(layer.ContainerId, out DockerContainer? container))
                continue;
            if (layer.MountId.Trimmed is { IsEmpty: false } mountId)
                containers.TryAdd(mountId, container);
            if (layer.InitId.Trimmed is { IsEmpty: false } initId)
                containers.TryAdd(initId, container);
        }

        return containers;
    }
}
