using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>The classic store of the Docker Engine: the overlay2 driver's home, the layer database, images and containers.</summary>
/// <remarks>
/// Immutable and thread-safe: what was on disk when <see cref="Read(BytePath, StoreReadOptions?, CancellationToken)"/> looked, faults
/// included. Source: observed on Docker 20.10.
/// </remarks>
public sealed partial class DockerClassicStore : OverlayDriverStore
{
    private readonly Lazy<RecordIndex> _index;
    private readonly Lazy<DockerReferences> _references;
    private readonly Lazy<DockerRedundancy> _redundancy;
    private readonly Lazy<IReadOnlyList<RecordReference>> _recordReferences;

    /// <summary>A store of these parts; see the members.</summary>
    public DockerClassicStore()
    {
        _index = new Lazy<RecordIndex>(() => new RecordIndex(this));
        _references = new Lazy<DockerReferences>(() => new DockerReferences(this));
        _redundancy = new Lazy<DockerRedundancy>(() => new DockerRedundancy(this, new DockerAncestry(this)));
        _recordReferences = new Lazy<IReadOnlyList<RecordReference>>(() => new DockerRecordReferences(this, new RecordReferenceList()).All);
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override StorageEngine Engine => DockerEngine.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath DriverHome => DataRoot.Combine(DockerNames.DriverHome);

    /// <summary>The image layers of the layer database, in the order of their chain ids.</summary>
    public IReadOnlyList<DockerImageLayer> ImageLayers { get; init; } = [];

    /// <summary>The containers' layers of the layer database, in the order of the containers' ids.</summary>
    public IReadOnlyList<DockerContainerLayer> ContainerLayers { get; init; } = [];

    /// <summary>The containers, in the order of their ids.</summary>
    public IReadOnlyList<DockerContainer> Containers { get; init; } = [];

    /// <summary>The images, in the order of their ids.</summary>
    public IReadOnlyList<DockerImage> Images { get; init; } = [];

    /// <summary>The records of the build cache, in the order of their keys.</summary>
    public IReadOnlyList<DockerBuildCacheRecord> BuildCache { get; init; } = [];

    /// <summary>The names of images, those of images that are not there included, in the order of the names; none where <see cref="OverlayDriverStore.KnowsRecordReferences"/> is not set.</summary>
    [AllowNull]
    public IReadOnlyList<DockerRepositoryName> RepositoryNames
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<LayerReference> References => _references.Value.All;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StoreProblem> ReferenceProblems => _references.Value.Problems;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<RecordReference> RecordReferences => _recordReferences.Value;

    /// <summary>The image layer of a chain id.</summary>
    /// <param name="chainId">The chain id, for example <c>sha256:c6ce…</c>.</param>
    /// <param name="layer">The layer.</param>
    public bool TryGetImageLayer(ByteString chainId, [NotNullWhen(true)] out DockerImageLayer? layer) => _index.Value.ImageLayers.TryGetValue(chainId, out layer);

    /// <summary>The layers of a container.</summary>
    /// <param name="containerId">The container's id.</param>
    /// <param name="layer">Its entry of the layer database.</param>
    public bool TryGetContainerLayer(ByteString containerId, [NotNullWhen(true)] out DockerContainerLayer? layer) =>
        _index.Value.ContainerLayers.TryGetValue(containerId, out layer);

    /// <summary>The container of an id.</summary>
    /// <param name="id">The container's id.</param>
    /// <param name="container">What the engine noted of it.</param>
    public bool TryGetContainer(ByteString id, [NotNullWhen(true)] out DockerContainer? container) => _index.Value.Containers.TryGetValue(id, out container);

    /// <inheritdoc/>
    internal override IEnumerable<ByteString> FindLayersAbove(ByteString layerId) => _redundancy.Value.LayersAbove(layerId);

    /// <inheritdoc/>
    internal override bool MayHaveLayerAbove(ByteString layerId) => _redundancy.Value.MayHaveLayerAbove(layerId);

    private protected override IReadOnlySet<ByteString> FindLayersAboveOthers()
    {
        HashSet<ByteString> above = [];
        foreach (DockerImageLayer layer in ImageLayers)
        {
            if (!layer.Parent.Trimmed.IsEmpty)
                above.Add(layer.CacheId.Trimmed);
        }

        foreach (DockerContainerLayer layer in ContainerLayers)
        {
            bool hasImage = !layer.Parent.Trimmed.IsEmpty;
            if (hasImage || !layer.InitId.Trimmed.IsEmpty)
                above.Add(layer.MountId.Trimmed);
            if (hasImage)
                above.Add(layer.InitId.Trimmed);
        }

        foreach (DockerBuildCacheRecord record in BuildCache)
        {
            if (!record.Parent.IsEmpty)
                above.Add(record.Key);
        }

        AddLayersWithLower(above);
        above.Remove(default);
        return above;
    }

    private sealed class RecordIndex
    {
        public RecordIndex(DockerClassicStore store)
        {
            foreach (DockerImageLayer layer in store.ImageLayers)
                ImageLayers.TryAdd(layer.ChainId, layer);
            foreach (DockerContainerLayer layer in store.ContainerLayers)
                ContainerLayers.TryAdd(layer.ContainerId, layer);
            foreach (DockerContainer container in store.Containers)
                Containers.TryAdd(container.Id, container);
        }

        public Dictionary<ByteString, DockerImageLayer> ImageLayers { get; } = [];

        public Dictionary<ByteString, DockerContainerLayer> ContainerLayers { get; } = [];

        public Dictionary<ByteString, DockerContainer> Containers { get; } = [];
    }
}
