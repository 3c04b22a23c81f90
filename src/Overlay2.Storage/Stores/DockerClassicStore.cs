using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Stores;

/// <summary>The classic store of the Docker Engine: the overlay2 driver's home, the layer database, images and containers.</summary>
/// <remarks>
/// Immutable and thread-safe: what was on disk when <see cref="Read(BytePath, StoreReadOptions?, CancellationToken)"/> looked, faults
/// included. Source: observed on Docker 20.10.
/// </remarks>
public sealed partial class DockerClassicStore : ILayerStore
{
    private readonly Lazy<StoreIndex> _index;
    private readonly Lazy<DockerReferences> _references;
    private readonly Lazy<DockerRedundancy> _redundancy;

    /// <summary>A store of these parts; see the members.</summary>
    public DockerClassicStore()
    {
        _index = new Lazy<StoreIndex>(() => new StoreIndex(this));
        _references = new Lazy<DockerReferences>(() => new DockerReferences(this));
        _redundancy = new Lazy<DockerRedundancy>(() => new DockerRedundancy(this));
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public LayerStoreKind Kind => LayerStoreKind.DockerClassic;

    /// <inheritdoc/>
    public required BytePath DataRoot { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public BytePath DriverHome => DataRoot.Combine(DockerNames.DriverHome);

    /// <summary>What the driver home is.</summary>
    public DriverHomeStatus Home { get; init; } = new();

    /// <summary>The layer directories of the driver home, in the order of their ids.</summary>
    public IReadOnlyList<DockerLayer> Layers { get; init; } = [];

    /// <summary>The names in the driver home that are neither layers nor the directory of short links, in the order of their bytes.</summary>
    public IReadOnlyList<ByteString> OtherEntries { get; init; } = [];

    /// <summary>What the directory <c>l</c> is; a directory in a whole store with layers.</summary>
    public StoreEntryType ShortLinkDirectory { get; init; }

    /// <summary>The names in the directory <c>l</c>, in the order of their bytes.</summary>
    public IReadOnlyList<DockerShortLink> ShortLinks { get; init; } = [];

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

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<StoreProblem> ReadProblems { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<LayerReference> References => _references.Value.All;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<StoreProblem> ReferenceProblems => _references.Value.Problems;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<StoreProblem> Problems => [.. ReadProblems, .. ReferenceProblems.Except(ReadProblems)];

    IReadOnlyList<StoredLayer> ILayerStore.Layers => Layers;

    /// <summary>The same with another status of the driver home.</summary>
    internal DockerClassicStore WithHome(DriverHomeStatus home) => new()
    {
        DataRoot = DataRoot,
        Home = home,
        Layers = Layers,
        OtherEntries = OtherEntries,
        ShortLinkDirectory = ShortLinkDirectory,
        ShortLinks = ShortLinks,
        ImageLayers = ImageLayers,
        ContainerLayers = ContainerLayers,
        Containers = Containers,
        Images = Images,
        BuildCache = BuildCache,
        ReadProblems = ReadProblems,
    };

    /// <summary>The layer directory of an id.</summary>
    /// <param name="id">The name of the directory.</param>
    /// <param name="layer">The layer.</param>
    public bool TryGetLayer(ByteString id, [NotNullWhen(true)] out DockerLayer? layer) => _index.Value.Layers.TryGetValue(id, out layer);

    /// <summary>The entry of the directory <c>l</c> of a name.</summary>
    /// <param name="name">The short name.</param>
    /// <param name="link">The entry.</param>
    public bool TryGetShortLink(ByteString name, [NotNullWhen(true)] out DockerShortLink? link) => _index.Value.ShortLinks.TryGetValue(name, out link);

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

    /// <summary>The layers whose <c>link</c> file holds a short name; more than one in a damaged store.</summary>
    /// <param name="shortName">The short name.</param>
    public IReadOnlyList<DockerLayer> GetLayersOfShortName(ByteString shortName) =>
        _index.Value.LayersByShortName.TryGetValue(shortName, out List<DockerLayer>? layers) ? layers : [];

    /// <inheritdoc/>
    public IReadOnlyList<ByteString> GetLowerLayerIds(ByteString layerId)
    {
        if (!TryGetLayer(layerId, out DockerLayer? layer))
            return [];

        List<ByteString> ids = [];
        foreach (ByteString element in layer.GetLowerElements())
        {
            if (!DockerNames.TryGetShortName(element, out ByteString name))
                continue;

            // The link and the link file normally agree; where they do not, both layers count as named.
            ByteString linked = default;
            bool isLinked = TryGetShortLink(name, out DockerShortLink? link) && link.TryGetLayerId(out linked);
            if (isLinked)
                ids.Add(linked);
            foreach (DockerLayer named in GetLayersOfShortName(name))
            {
                if (!isLinked || named.Id != linked)
                    ids.Add(named.Id);
            }
        }

        return ids;
    }

    private sealed class StoreIndex
    {
        public StoreIndex(DockerClassicStore store)
        {
            foreach (DockerLayer layer in store.Layers)
            {
                Layers.TryAdd(layer.Id, layer);
                if (layer.TryGetShortName(out ByteString name))
                    Append(LayersByShortName, name, layer);
            }

            foreach (DockerShortLink link in store.ShortLinks)
            {
                ShortLinks.TryAdd(link.Name, link);
                if (link.TryGetLayerId(out ByteString layerId))
                    Append(ShortLinksByLayer, layerId, link);
            }

            foreach (DockerImageLayer layer in store.ImageLayers)
                ImageLayers.TryAdd(layer.ChainId, layer);
            foreach (DockerContainerLayer layer in store.ContainerLayers)
                ContainerLayers.TryAdd(layer.ContainerId, layer);
            foreach (DockerContainer container in store.Containers)
                Containers.TryAdd(container.Id, container);
        }

        public Dictionary<ByteString, DockerLayer> Layers { get; } = [];

        public Dictionary<ByteString, List<DockerLayer>> LayersByShortName { get; } = [];

        public Dictionary<ByteString, DockerShortLink> ShortLinks { get; } = [];

        public Dictionary<ByteString, List<DockerShortLink>> ShortLinksByLayer { get; } = [];

        public Dictionary<ByteString, DockerImageLayer> ImageLayers { get; } = [];

        public Dictionary<ByteString, DockerContainerLayer> ContainerLayers { get; } = [];

        public Dictionary<ByteString, DockerContainer> Containers { get; } = [];

        private static void Append<T>(Dictionary<ByteString, List<T>> lists, ByteString key, T value)
        {
            if (!lists.TryGetValue(key, out List<T>? list))
                lists.Add(key, list = []);
            list.Add(value);
        }
    }
}
