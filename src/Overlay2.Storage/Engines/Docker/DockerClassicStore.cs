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
public sealed partial record DockerClassicStore : OverlayDriverStore, ILayerStore
{
    /// <summary>More than the driver's limit of 128, so that a loop ends.</summary>
    private const int MaxDepth = 512;

    private Derived<DockerClassicStore, RecordIndex> _index;
    private Derived<DockerClassicStore, DockerReachability> _reachability;
    private Derived<DockerClassicStore, DockerReferences> _references;
    private Derived<DockerClassicStore, DockerRedundancy> _redundancy;
    private Derived<DockerClassicStore, IReadOnlyList<RecordReference>> _recordReferences;

    /// <inheritdoc/>
    [JsonIgnore]
    public override StorageEngine Engine => DockerEngine.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath DriverHome => DataRoot.Combine(DockerNames.DriverHome);

    /// <summary>The engine's layer database, for example <c>/var/lib/docker/image/overlay2/layerdb</c>.</summary>
    [JsonIgnore]
    public BytePath LayerDatabase => DataRoot.Combine(DockerNames.LayerDatabase);

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
    public override IReadOnlyList<LayerReference> References => RecordedReferences.All;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StoreProblem> ReferenceProblems => RecordedReferences.Problems;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<RecordReference> RecordReferences => _recordReferences.Of(this, static store => new DockerRecordReferences(store, new RecordReferenceList()).All);

    /// <summary>The image layer of a chain id.</summary>
    /// <param name="chainId">The chain id, for example <c>sha256:c6ce…</c>.</param>
    /// <param name="layer">The layer.</param>
    public bool TryGetImageLayer(ByteString chainId, [NotNullWhen(true)] out DockerImageLayer? layer) => Index.ImageLayers.TryGetValue(chainId, out layer);

    /// <summary>The layers of a container.</summary>
    /// <param name="containerId">The container's id.</param>
    /// <param name="layer">Its entry of the layer database.</param>
    public bool TryGetContainerLayer(ByteString containerId, [NotNullWhen(true)] out DockerContainerLayer? layer) =>
        Index.ContainerLayers.TryGetValue(containerId, out layer);

    /// <summary>The container of an id.</summary>
    /// <param name="id">The container's id.</param>
    /// <param name="container">What the engine noted of it.</param>
    public bool TryGetContainer(ByteString id, [NotNullWhen(true)] out DockerContainer? container) => Index.Containers.TryGetValue(id, out container);

    /// <inheritdoc/>
    [JsonIgnore]
    public RecordedSize? LargestLayer => DockerContainers.FindLargest(this);

    /// <inheritdoc/>
    public override IReadOnlyList<StoredContainer> GetContainers() => [.. Containers.Select(container => DockerContainers.Describe(container, this))];

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindImages(ByteString layerId)
    {
        HashSet<ByteString> chains = [.. ImageLayers.Where(layer => layer.CacheId.Trimmed == layerId).Select(layer => layer.ChainId)];
        return [.. Images.Where(image => image.ChainIds.Any(chains.Contains)).Select(image => image.Name)];
    }

    /// <summary>The name of a container, or its id where it has none.</summary>
    private string NameOf(ByteString id) => TryGetContainer(id, out DockerContainer? container) && container.Name.Length > 0 ? container.Name : id.ToString();

    /// <summary>What images, containers and entries of the layer database name, and that database does not hold; none where a part of it was not read.</summary>
    [JsonIgnore]
    public IReadOnlyList<LostChain> LostChains => Reachability.Missing;

    /// <summary>The names of images that have no record; none where the records were not read.</summary>
    [JsonIgnore]
    public IReadOnlyList<DockerRepositoryName> LostNames => Reachability.LostNames;

    /// <summary>What of the layer database is needed.</summary>
    internal DockerReachability Reachability => _reachability.Of(this, static store => new DockerReachability(store));

    /// <inheritdoc/>
    [JsonIgnore]
    public bool KnowsAllButBuildCache => ReferenceProblems.All(problem => problem.Path.StartsWith(DataRoot.Combine(DockerNames.BuildCacheSnapshots)));

    /// <inheritdoc/>
    public IReadOnlyList<UnneededRecord> FindUnneededRecords(ByteString layerId) =>
    [
        .. Index.ImageLayersByDirectory[layerId].Where(layer => !Reachability.IsNeeded(layer))
            .Select(layer => new UnneededRecord(layer.Directory, layer.Size.Trimmed.ToString(), Images.Count == 0 ? "the store has no image at all: their records may be lost" : "")),
    ];

    /// <summary>The names of the images and containers that have one of some image layers below them.</summary>
    /// <param name="chainIds">The chain ids of the layers; their entries need not exist.</param>
    public AffectedRecords FindAffected(IReadOnlySet<ByteString> chainIds)
    {
        ArgumentNullException.ThrowIfNull(chainIds);
        HashSet<ByteString> above = [];
        List<string> images = [];
        foreach (DockerImage image in Images)
        {
            int lowest = 0;
            while (lowest < image.ChainIds.Count && !chainIds.Contains(image.ChainIds[lowest]))
                lowest++;
            if (lowest < image.ChainIds.Count)
                images.Add(image.Name);
            above.UnionWith(image.ChainIds.Skip(lowest));
        }

        above.UnionWith(chainIds);
        return new AffectedRecords(images, [.. ContainerLayers.Where(layer => IsAbove(layer.Parent.Trimmed)).Select(layer => NameOf(layer.ContainerId))]);

        bool IsAbove(ByteString chainId)
        {
            List<ByteString> seen = [];
            while (!chainId.IsEmpty && !above.Contains(chainId) && seen.Count < MaxDepth)
            {
                seen.Add(chainId);
                chainId = TryGetImageLayer(chainId, out DockerImageLayer? layer) ? layer.Parent.Trimmed : default;
            }

            return above.Contains(chainId);
        }
    }

    private RecordIndex Index => _index.Of(this, static store => new RecordIndex(store));

    private DockerReferences RecordedReferences => _references.Of(this, static store => new DockerReferences(store));

    private protected override DockerRedundancy Redundancy => _redundancy.Of(this, static store => new DockerRedundancy(store, new DockerAncestry(store)));

    /// <inheritdoc/>
    public bool Equals(DockerClassicStore? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    internal override IEnumerable<ByteString> FindLostRecords() =>
    [
        .. Reachability.Missing.Select(chain => chain.ChainId), .. Reachability.LostNames.Select(name => name.ImageId),
        .. ContainerLayers.Where(layer => !TryGetContainer(layer.ContainerId, out _)).Select(layer => layer.ContainerId),
        .. Containers.Where(container => !TryGetContainerLayer(container.Id, out _)).Select(container => container.Id),
    ];

    private protected override OverlayDriverStore With(StoreChange change) => (DockerClassicStore)base.With(change) with
    {
        ImageLayers = [.. change.ImageLayers.Cast<DockerImageLayer>()],
        ContainerLayers = [.. change.ContainerLayers.Cast<DockerContainerLayer>()],
    };

    private protected override HashSet<ByteString> FindLayersAboveOthers()
    {
        HashSet<ByteString> above =
        [
            .. ImageLayers.Where(layer => !layer.Parent.Trimmed.IsEmpty).Select(layer => layer.CacheId.Trimmed),
            .. BuildCache.Where(record => !record.Parent.IsEmpty).Select(record => record.Key),
            .. LayersWithLower,
        ];
        foreach (DockerContainerLayer layer in ContainerLayers)
        {
            bool hasImage = !layer.Parent.Trimmed.IsEmpty;
            if (hasImage || !layer.InitId.Trimmed.IsEmpty)
                above.Add(layer.MountId.Trimmed);
            if (hasImage)
                above.Add(layer.InitId.Trimmed);
        }

        above.Remove(default);
        return above;
    }

    private sealed class RecordIndex(DockerClassicStore store)
    {
        public Dictionary<ByteString, DockerImageLayer> ImageLayers { get; } = store.ImageLayers.FirstByKey(layer => layer.ChainId);

        public ILookup<ByteString, DockerImageLayer> ImageLayersByDirectory { get; } = store.ImageLayers.ToLookup(layer => layer.CacheId.Trimmed);

        public Dictionary<ByteString, DockerContainerLayer> ContainerLayers { get; } = store.ContainerLayers.FirstByKey(layer => layer.ContainerId);

        public Dictionary<ByteString, DockerContainer> Containers { get; } = store.Containers.FirstByKey(container => container.Id);
    }
}
