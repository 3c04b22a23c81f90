using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Hosts;

/// <summary>Which layers of a store with the overlay2 driver's layout are reached from its records, and which short names lead there.</summary>
/// <remarks>Each <c>lower</c> file is split once, and each name followed once: linear in the bytes of the store.</remarks>
internal sealed class StoreUse
{
    private readonly OverlayDriverStore _store;
    private readonly Stack<ByteString> _pending = new();
    private readonly HashSet<ByteString> _followed = [];

    /// <summary>Whether there are names that were followed for a layer that is not needed, and may have to be noted again for one that is.</summary>
    private bool _hasOther;

    /// <param name="store">The store.</param>
    /// <param name="isGoing">Whether a layer's container is being removed, so that nothing of it need be whole.</param>
    public StoreUse(OverlayDriverStore store, Func<ByteString, bool> isGoing)
    {
        _store = store;
        HashSet<ByteString> reached = [];
        foreach (LayerReference reference in store.References)
            _pending.Push(reference.LayerId);
        while (_pending.TryPop(out ByteString id))
        {
            if (reached.Add(id) && store.TryGetLayer(id, out OverlayDriverLayer? layer))
                Follow(layer, isGoing(id));
        }

        bool knowsAll = store.ReferenceProblems.Count == 0;
        List<OverlayDriverLayer> needed = new(store.Layers.Count);
        List<OverlayDriverLayer> unreferenced = [];
        foreach (OverlayDriverLayer layer in store.Layers)
        {
            if (reached.Contains(layer.Id))
            {
                if (!isGoing(layer.Id))
                    needed.Add(layer);
                continue;
            }

            unreferenced.Add(layer);
            Follow(layer, onlyNames: knowsAll);
            if (!knowsAll)
                needed.Add(layer);
        }

        Needed = needed;
        Unreferenced = unreferenced;
    }

    public IReadOnlyList<OverlayDriverLayer> Needed { get; }

    public IReadOnlyList<OverlayDriverLayer> Unreferenced { get; }

    /// <summary>The names in files of needed layers.</summary>
    public Dictionary<ByteString, NameUse> UsedNames { get; } = [];

    /// <summary>The names in files of other layers.</summary>
    public HashSet<ByteString> OtherNames { get; } = [];

    private void Follow(OverlayDriverLayer layer, bool onlyNames)
    {
        _hasOther |= onlyNames;
        if (layer.TryGetShortName(out ByteString own))
            Note(own, new NameUse(layer, IsLink: true), onlyNames || layer.NamesLayersById);
        foreach (ByteString id in layer.GetLowerLayerIds())
            _pending.Push(id);
        if (layer.NamesLayersById)
        {
            // The engine needs none of the names; they still say why a link is there.
            foreach (ByteString element in layer.GetLowerElements())
            {
                if (OverlayDriverNames.TryGetShortName(element, out ByteString name))
                    OtherNames.Add(name);
            }

            return;
        }

        foreach (ByteString element in layer.GetLowerElements())
        {
            if (!OverlayDriverNames.TryGetShortName(element, out ByteString name))
                continue;
            bool isNew = _followed.Add(name);
            if (isNew || onlyNames || _hasOther)
                Note(name, new NameUse(layer, IsLink: false), onlyNames);
            if (!isNew)
                continue;
            if (_store.TryGetShortLink(name, out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString linked))
                _pending.Push(linked);
            foreach (OverlayDriverLayer named in _store.GetLayersOfShortName(name))
                _pending.Push(named.Id);
        }
    }

    private void Note(ByteString name, NameUse use, bool isOther)
    {
        if (isOther)
            OtherNames.Add(name);
        else
            UsedNames.TryAdd(name, use);
    }
}
