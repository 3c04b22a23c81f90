using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Follows references and lower layers, alike for every engine's store.</summary>
internal static class LayerReachability
{
    /// <param name="store">The store.</param>
    /// <param name="findLower">The layers that a layer names as lower; those that it was asked for before may be left out.</param>
    public static IReadOnlyList<StoredLayer> FindUnreferenced(ILayerStore store, Func<ByteString, IEnumerable<ByteString>> findLower)
    {
        HashSet<ByteString> reached = [];
        Stack<ByteString> pending = new(store.References.Select(reference => reference.LayerId));
        while (pending.TryPop(out ByteString id))
        {
            if (!reached.Add(id))
                continue;
            foreach (ByteString lower in findLower(id))
            {
                if (!reached.Contains(lower))
                    pending.Push(lower);
            }
        }

        return [.. store.Layers.Where(layer => !reached.Contains(layer.Id))];
    }
}
