using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>A store whose driver home has the layout of the overlay2 driver: Docker's classic store, and that of containers/storage.</summary>
/// <remarks>
/// Immutable and thread-safe. Layers hold their short name (<c>link</c>) and those of the layers below (<c>lower</c>); the directory
/// <c>l</c> of the driver home holds a symbolic link for each name.
/// </remarks>
public abstract record OverlayDriverStore : ILayerStore
{
    private Derived<OverlayDriverStore, StoreIndex> _index;
    private Derived<OverlayDriverStore, IReadOnlySet<ByteString>> _layersAboveOthers;

    private protected OverlayDriverStore()
    {
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract StorageEngine Engine { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public LayerStoreKind Kind => Engine.Kind;

    /// <inheritdoc/>
    public required BytePath DataRoot { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract BytePath DriverHome { get; }

    /// <inheritdoc/>
    public DriverHomeStatus Home { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public BytePath QuarantineDirectory => StoreQuarantine.DirectoryOf(DriverHome);

    /// <inheritdoc/>
    [AllowNull]
    public StoreQuarantine Quarantine
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? StoreQuarantine.Unknown;
    } = StoreQuarantine.None;

    /// <summary>The layer directories of the driver home, in the order of their ids.</summary>
    public IReadOnlyList<OverlayDriverLayer> Layers { get; init; } = [];

    /// <summary>The names in the driver home that are neither layers nor the directory of short links, in the order of their bytes.</summary>
    public IReadOnlyList<ByteString> OtherEntries { get; init; } = [];

    /// <summary>What the directory <c>l</c> is; a directory in a whole store with layers.</summary>
    public StoreEntryType ShortLinkDirectory { get; init; }

    /// <summary>The names in the directory <c>l</c>, in the order of their bytes.</summary>
    public IReadOnlyList<OverlayDriverShortLink> ShortLinks { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<StoreProblem> ReadProblems { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract IReadOnlyList<LayerReference> References { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract IReadOnlyList<StoreProblem> ReferenceProblems { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract IReadOnlyList<RecordReference> RecordReferences { get; }

    /// <inheritdoc/>
    public bool KnowsRecordReferences { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<StoreProblem> Problems => [.. ReadProblems, .. ReferenceProblems.Except(ReadProblems)];

    IReadOnlyList<StoredLayer> ILayerStore.Layers => Layers;

    /// <summary>The layer directory of an id.</summary>
    /// <param name="id">The name of the directory.</param>
    /// <param name="layer">The layer.</param>
    public bool TryGetLayer(ByteString id, [NotNullWhen(true)] out OverlayDriverLayer? layer) => Index.Layers.TryGetValue(id, out layer);

    bool ILayerStore.TryGetLayer(ByteString id, [NotNullWhen(true)] out StoredLayer? layer)
    {
        layer = TryGetLayer(id, out OverlayDriverLayer? found) ? found : null;
        return layer is not null;
    }

    /// <summary>The entry of the directory <c>l</c> of a name.</summary>
    /// <param name="name">The short name.</param>
    /// <param name="link">The entry.</param>
    public bool TryGetShortLink(ByteString name, [NotNullWhen(true)] out OverlayDriverShortLink? link) => Index.ShortLinks.TryGetValue(name, out link);

    /// <summary>The layers whose <c>link</c> file holds a short name; more than one in a damaged store.</summary>
    /// <param name="shortName">The short name.</param>
    public IReadOnlyList<OverlayDriverLayer> GetLayersOfShortName(ByteString shortName) =>
        Index.LayersByShortName.TryGetValue(shortName, out List<OverlayDriverLayer>? layers) ? layers : [];

    /// <summary>The links in <c>l</c> that lead to a layer.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public IReadOnlyList<OverlayDriverShortLink> GetShortLinksOfLayer(ByteString layerId) =>
        Index.ShortLinksByLayer.TryGetValue(layerId, out List<OverlayDriverShortLink>? links) ? links : [];

    /// <summary>What a layer's <c>link</c> file should hold: 26 characters.</summary>
    /// <remarks>From the links in <c>l</c> that lead to the layer, and from the <c>lower</c> files of the layers above it.</remarks>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public ExpectedValue GetExpectedLink(ByteString layerId) => Redundancy.Link(layerId);

    /// <summary>Where a link in <c>l</c> should lead: <c>../ID/diff</c>.</summary>
    /// <remarks>From the layer whose <c>link</c> file holds the name, and from the <c>lower</c> files that use the name.</remarks>
    /// <param name="shortName">The name of the link, 26 characters; it need not exist.</param>
    public ExpectedValue GetExpectedShortLinkTarget(ByteString shortName) => Redundancy.ShortLinkTarget(shortName);

    /// <summary>What a layer's <c>lower</c> file should hold: <c>l/NAME:l/NAME</c>, nearest layer first; none for the lowest layer.</summary>
    /// <remarks>From the records of which layer is on which, and the short names of the layers in the chain.</remarks>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public ExpectedValue GetExpectedLower(ByteString layerId) => Redundancy.Lower(layerId);

    /// <summary>What a layer's <c>lower-layers</c> file should hold: <c>ID:ID</c>, nearest layer first; none for the lowest layer.</summary>
    /// <remarks>From the records of which layer is on which, and what the layer's <c>lower</c> file leads to.</remarks>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public ExpectedValue GetExpectedLowerLayers(ByteString layerId) => Redundancy.LowerLayers(layerId);

    /// <summary>Whether the engine may come by a layer's short name: always, but where all layers that have others below them list these by id (<see cref="OverlayDriverLayer.LowerLayers"/>).</summary>
    /// <param name="layer">A layer of the store.</param>
    public bool NeedsShortName(OverlayDriverLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return !Index.HasLowerLayersFiles || (Index.HasLayersWithNamesAlone && GetShortLinksOfLayer(layer.Id).Count > 0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ByteString> GetLowerLayerIds(ByteString layerId) => GetLowerLayerIds(layerId, followed: null);

    IReadOnlyList<StoredLayer> ILayerStore.FindUnreferencedLayers()
    {
        HashSet<ByteString> followed = [];
        return LayerReachability.FindUnreferenced(this, id => GetLowerLayerIds(id, followed));
    }

    /// <summary>As the other one, without what names lead to that were followed before: all layers of a damaged store can have one name.</summary>
    private List<ByteString> GetLowerLayerIds(ByteString layerId, HashSet<ByteString>? followed)
    {
        List<ByteString> ids = [];
        if (!TryGetLayer(layerId, out OverlayDriverLayer? layer))
            return ids;
        if (layer.NamesLayersById)
            return [.. layer.GetLowerLayerIds()];

        foreach (ByteString element in layer.GetLowerElements())
        {
            if (!OverlayDriverNames.TryGetShortName(element, out ByteString name) || followed?.Add(name) == false)
                continue;

            // The link and the link file normally agree; where they do not, both layers count as named.
            ByteString linked = default;
            bool isLinked = TryGetShortLink(name, out OverlayDriverShortLink? link) && link.TryGetLayerId(out linked);
            if (isLinked)
                ids.Add(linked);
            foreach (OverlayDriverLayer named in GetLayersOfShortName(name))
            {
                if (!isLinked || named.Id != linked)
                    ids.Add(named.Id);
            }
        }

        return ids;
    }

    /// <inheritdoc/>
    public IEnumerable<ByteString> FindLayersAbove(ByteString layerId) => Redundancy.LayersAbove(layerId);

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> FindImages(ByteString layerId);

    /// <inheritdoc/>
    public abstract IReadOnlyList<StoredContainer> GetContainers();

    /// <inheritdoc/>
    public IReadOnlyList<LayerFault> FindFaults(StoredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return OverlayDriverFaults.Find(this, (OverlayDriverLayer)layer);
    }

    /// <inheritdoc/>
    public bool NeedsWorkDirectory(StoredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);

        // A layer that is finished is never written to.
        return !layer.IsCommitted && LayersAboveOthers.Contains(layer.Id);
    }

    /// <summary>What records name and no record is of; cheaper than <see cref="RecordReferences"/>.</summary>
    internal abstract IEnumerable<ByteString> FindLostRecords();

    /// <summary>Whether a layer has another above it, or can have one of which the store has lost what is below it.</summary>
    internal bool MayHaveLayerAbove(ByteString layerId) => Redundancy.MayHaveLayerAbove(layerId);

    /// <summary>The layers that, by the records or by their own files, have others below them.</summary>
    internal IReadOnlySet<ByteString> LayersAboveOthers => _layersAboveOthers.Of(this, static store => store.FindLayersAboveOthers());

    /// <summary>A store says most things in several places: this computes one place from the others, without looking at the place itself.</summary>
    private protected abstract DriverRedundancy Redundancy { get; }

    private StoreIndex Index => _index.Of(this, static store => new StoreIndex(store));

    /// <summary>Two stores are equal only if they are the same object: to compare all they hold would cost as much as reading them.</summary>
    /// <param name="other">Another store.</param>
    public virtual bool Equals(OverlayDriverStore? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>The engine and its root directory, for showing.</summary>
    public sealed override string ToString() => $"{Engine} {DataRoot}";

    ILayerStore ILayerStore.Redact(Redactor redactor) => Redact(redactor);

    /// <inheritdoc cref="ILayerStore.Redact"/>
    private protected abstract OverlayDriverStore Redact(Redactor redactor);

    ILayerStore ILayerStore.With(StoreChange change) => With(change);

    /// <inheritdoc cref="ILayerStore.With"/>
    private protected virtual OverlayDriverStore With(StoreChange change) => this with
    {
        Layers = [.. change.Layers.Cast<OverlayDriverLayer>()],
        Quarantine = change.Quarantine,
        ShortLinkDirectory = change.ShortLinkDirectory,
        ShortLinks = [.. change.ShortLinks.Cast<OverlayDriverShortLink>()],
    };

    private protected abstract HashSet<ByteString> FindLayersAboveOthers();

    /// <summary>Where a record is lost, a layer's own lower file still says that there are layers below.</summary>
    private protected IEnumerable<ByteString> LayersWithLower => Layers.Where(layer => layer.Lower.HasContent || layer.LowerLayers.HasContent).Select(layer => layer.Id);

    private sealed class StoreIndex(OverlayDriverStore store)
    {
        public Dictionary<ByteString, OverlayDriverLayer> Layers { get; } = store.Layers.FirstByKey(layer => layer.Id);

        public Dictionary<ByteString, List<OverlayDriverLayer>> LayersByShortName { get; } =
            store.Layers.Where(layer => layer.TryGetShortName(out _)).GroupBy(layer => layer.Link.Content).ToDictionary(layers => layers.Key, layers => layers.ToList());

        public bool HasLowerLayersFiles { get; } = store.Layers.Any(layer => layer.NamesLayersById);

        public bool HasLayersWithNamesAlone { get; } = store.Layers.Any(layer => layer.Lower.HasContent && !layer.NamesLayersById);

        public Dictionary<ByteString, OverlayDriverShortLink> ShortLinks { get; } = store.ShortLinks.FirstByKey(link => link.Name);

        public Dictionary<ByteString, List<OverlayDriverShortLink>> ShortLinksByLayer { get; } =
            store.ShortLinks.GroupBy(link => link.TryGetLayerId(out ByteString id) ? id : default).Where(links => !links.Key.IsEmpty).ToDictionary(links => links.Key, links => links.ToList());
    }
}
