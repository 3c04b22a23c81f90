using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>Computes what a file should hold from the places that hold the same: <c>link</c>, <c>l/NAME</c>, <c>lower</c> and the records of which layer is on which.</summary>
/// <remarks>
/// Position by position: the k-th element of a layer's <c>lower</c> is the short name of the k-th layer below it by the records.
/// </remarks>
internal class DriverRedundancy
{
    private readonly OverlayDriverStore _store;
    private readonly AncestorLookup _lookup;
    private readonly Lazy<HashSet<ByteString>> _referenced;

    // What positions say: one source is kept of each pair.
    private readonly Dictionary<ByteString, Dictionary<ByteString, BytePath>> _namesOfLayer = [];
    private readonly Dictionary<ByteString, Dictionary<ByteString, BytePath>> _layersOfName = [];
    private readonly Dictionary<ByteString, Dictionary<ByteString, BytePath>> _namesOfLostChain = [];

    /// <summary>Finds the layers below a layer, nearest first; not where no record knows the layer, or the chain breaks off.</summary>
    public delegate bool AncestorLookup(ByteString layerId, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors);

    public DriverRedundancy(OverlayDriverStore store, AncestorLookup lookup)
    {
        _store = store;
        _lookup = lookup;
        _referenced = new Lazy<HashSet<ByteString>>(() => [.. store.References.Select(reference => reference.LayerId)]);
        foreach (OverlayDriverLayer layer in store.Layers)
            AddPositions(layer);
    }

    public ExpectedValue Link(ByteString layerId)
    {
        Dictionary<ByteString, BytePath> positions = _namesOfLayer.GetValueOrDefault(layerId, []);
        List<(ByteString Value, BytePath Source)> links = [.. _store.GetShortLinksOfLayer(layerId)
            .Where(link => OverlayDriverNames.IsShortName(link.Name.Span))
            .Select(link => (link.Name, LinkPath(link.Name)))];

        // Links that failed creates left behind lead to the layer too; what the layers above say decides between them.
        if (positions.Count == 1 && links.Exists(link => positions.ContainsKey(link.Value)))
            links.RemoveAll(link => !positions.ContainsKey(link.Value));
        return ExpectedValue.FromSources([.. links, .. positions.Select(pair => (pair.Key, pair.Value))]);
    }

    public ExpectedValue ShortLinkTarget(ByteString shortName)
    {
        IEnumerable<(ByteString, BytePath)> files = _store.GetLayersOfShortName(shortName).Select(layer => (layer.Id, layer.Directory.Combine(OverlayDriverNames.Link)));
        IEnumerable<(ByteString, BytePath)> positions = _layersOfName.GetValueOrDefault(shortName, []).Select(pair => (pair.Key, pair.Value));
        return ExpectedValue.FromSources([.. files, .. positions]).Select(id => OverlayDriverNames.ShortLinkTarget(id).Bytes);
    }

    public ExpectedValue Lower(ByteString layerId) =>
        TryFindAncestors(layerId, out List<OverlayDriverAncestor>? ancestors) ? LowerOf(ancestors) : ExpectedValue.Unknown;

    public ExpectedValue LowerLayers(ByteString layerId)
    {
        if (_lookup(layerId, out List<OverlayDriverAncestor>? ancestors))
        {
            return ancestors.Count == 0 ? new ExpectedValue { Status = ExpectedValueStatus.None }
                : ExpectedValue.FromSources([.. ancestors.Select(ancestor => (OverlayDriverNames.LowerLayersOf(ancestors.Select(below => below.LayerId)), ancestor.Source))]);
        }

        return _store.TryGetLayer(layerId, out OverlayDriverLayer? layer) && TryFollowLower(layer, out ByteString[] ids)
            ? ExpectedValue.FromSources([(OverlayDriverNames.LowerLayersOf(ids), layer.Directory.Combine(OverlayDriverNames.Lower))])
            : ExpectedValue.Unknown;
    }

    /// <summary>The layers that the names in a <c>lower</c> file lead to, where each leads to one.</summary>
    public bool TryFollowLower(OverlayDriverLayer layer, out ByteString[] ids)
    {
        ByteString[][] found = [.. layer.GetLowerElements().Select(element => OverlayDriverNames.TryGetShortName(element, out ByteString name) ? LayersNamed(name).Take(2).ToArray() : [])];
        ids = found.All(layers => layers.Length == 1) ? [.. found.Select(layers => layers[0])] : [];
        return ids.Length > 0;
    }

    /// <summary>The layers below a layer, by the records, or where these know nothing by the layer's own list of ids.</summary>
    private bool TryFindAncestors(ByteString layerId, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors)
    {
        if (_lookup(layerId, out ancestors))
            return true;
        if (!_store.TryGetLayer(layerId, out OverlayDriverLayer? layer) || layer.GetLowerLayerIds() is not { Count: > 0 } ids)
            return false;
        BytePath source = layer.Directory.Combine(OverlayDriverNames.LowerLayers);
        ancestors = [.. ids.Select(id => new OverlayDriverAncestor(id, default, source))];
        return true;
    }

    /// <summary>The layers above a layer: by the records, or where these know nothing by their own files.</summary>
    public IEnumerable<ByteString> LayersAbove(ByteString layerId)
    {
        HashSet<ByteString> names = NamesOf(layerId);
        return _store.Layers.Where(layer => layer.Id != layerId && (TryFindAncestors(layer.Id, out List<OverlayDriverAncestor>? ancestors)
            ? ancestors.Exists(ancestor => ancestor.LayerId == layerId)
            : HasLower(layer, names))).Select(layer => layer.Id);
    }

    /// <summary>Whether a layer has another above it, or can have one whose chain the records and its own file do not tell whole.</summary>
    public bool MayHaveLayerAbove(ByteString layerId)
    {
        HashSet<ByteString> names = NamesOf(layerId);
        return _store.Layers.Any(layer => layer.Id != layerId && (TryFindAncestors(layer.Id, out List<OverlayDriverAncestor>? ancestors)
            ? ancestors.Exists(ancestor => ancestor.LayerId == layerId || ancestor.LayerId.IsEmpty)
            : HasLower(layer, names) || layer.GetLowerElements().Any(element => !OverlayDriverNames.TryGetShortName(element, out ByteString name) || !LayersNamed(name).Any())));
    }

    /// <summary>The short names of a layer whose directory's id its record has lost, by the layers above it.</summary>
    protected IReadOnlyDictionary<ByteString, BytePath> NamesOfLostChain(ByteString chainId) => _namesOfLostChain.GetValueOrDefault(chainId, []);

    /// <summary>The short names that lead to a layer.</summary>
    private HashSet<ByteString> NamesOf(ByteString layerId)
    {
        HashSet<ByteString> names = [.. _store.GetShortLinksOfLayer(layerId).Select(link => link.Name)];
        if (_store.TryGetLayer(layerId, out OverlayDriverLayer? layer) && layer.TryGetShortName(out ByteString own))
            names.Add(own);
        return names;
    }

    private static bool HasLower(OverlayDriverLayer layer, HashSet<ByteString> names) =>
        layer.GetLowerElements().Any(element => OverlayDriverNames.TryGetShortName(element, out ByteString name) && names.Contains(name));

    private void AddPositions(OverlayDriverLayer layer)
    {
        IReadOnlyList<ByteString> elements = layer.GetLowerElements();
        if (elements.Count == 0 || !TryFindAncestors(layer.Id, out List<OverlayDriverAncestor>? ancestors) || ancestors.Count != elements.Count)
            return;

        BytePath source = layer.Directory.Combine(OverlayDriverNames.Lower);
        for (int i = 0; i < elements.Count; i++)
        {
            if (!OverlayDriverNames.TryGetShortName(elements[i], out ByteString name))
                continue;

            ByteString id = ancestors[i].LayerId;
            if (id.IsEmpty)
            {
                Add(_namesOfLostChain, ancestors[i].ChainId, name, source);
                continue;
            }

            Add(_namesOfLayer, id, name, source);
            Add(_layersOfName, name, id, source);
        }

        static void Add(Dictionary<ByteString, Dictionary<ByteString, BytePath>> pairs, ByteString key, ByteString value, BytePath source)
        {
            if (!pairs.TryGetValue(key, out Dictionary<ByteString, BytePath>? values))
                pairs.Add(key, values = []);
            values.TryAdd(value, source);
        }
    }

    protected ExpectedValue LowerOf(List<OverlayDriverAncestor> ancestors)
    {
        if (ancestors.Count == 0)
            return new ExpectedValue { Status = ExpectedValueStatus.None };

        List<byte> lower = [];
        List<BytePath> evidence = [];
        foreach (OverlayDriverAncestor ancestor in ancestors)
        {
            // The link file counts where it is sound; else what it should be.
            ByteString name = default;
            if (!ancestor.LayerId.IsEmpty && _store.TryGetLayer(ancestor.LayerId, out OverlayDriverLayer? layer) && layer.TryGetShortName(out name))
            {
                evidence.Add(layer.Directory.Combine(OverlayDriverNames.Link));
            }
            else
            {
                ExpectedValue expected = ancestor.LayerId.IsEmpty
                    ? ExpectedValue.FromSources([.. _namesOfLostChain.GetValueOrDefault(ancestor.ChainId, []).Select(pair => (pair.Key, pair.Value))])
                    : Link(ancestor.LayerId);
                if (expected.Status != ExpectedValueStatus.Known)
                    return expected.Status == ExpectedValueStatus.Unknown ? ExpectedValue.Unknown : new ExpectedValue { Status = expected.Status, Evidence = expected.Evidence };
                name = expected.Value;
                evidence.AddRange(expected.Evidence);
            }

            if (lower.Count > 0)
                lower.Add((byte)':');
            lower.AddRange(OverlayDriverNames.LowerElement(name).Span);
            evidence.Add(ancestor.Source);
        }

        return new ExpectedValue
        {
            Status = ExpectedValueStatus.Known,
            Value = new ByteString(lower.ToArray()),
            Evidence = [.. evidence.Distinct().Order()],
        };
    }

    /// <summary>The layers without a record whose <c>lower</c> is the expected one.</summary>
    protected ExpectedValue Fitting(ExpectedValue lower)
    {
        if (lower.Status is not (ExpectedValueStatus.Known or ExpectedValueStatus.None))
            return ExpectedValue.Unknown;

        StoreFileState state = lower.Status == ExpectedValueStatus.Known ? StoreFileState.Present : StoreFileState.Missing;
        ExpectedValue fitting = ExpectedValue.FromSources([.. _store.Layers
            .Where(layer => !_referenced.Value.Contains(layer.Id) && layer.Lower.State == state && layer.Lower.Content == lower.Value)
            .Select(layer => (layer.Id, layer.Directory.Combine(OverlayDriverNames.Lower)))]);
        return fitting with { Evidence = [.. fitting.Evidence, .. lower.Evidence] };
    }

    protected IEnumerable<ByteString> LayersNamed(ByteString shortName)
    {
        IEnumerable<ByteString> files = _store.GetLayersOfShortName(shortName).Select(layer => layer.Id);
        return _store.TryGetShortLink(shortName, out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString id) ? files.Append(id).Distinct() : files;
    }

    private BytePath LinkPath(ByteString name) => _store.DriverHome.Combine(OverlayDriverNames.Links).Combine(new BytePath(name));
}
