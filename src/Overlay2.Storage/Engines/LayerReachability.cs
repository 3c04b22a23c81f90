using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Follows references and lower layers, alike for every engine's store.</summary>
internal static class LayerReachability
{
    public static IReadOnlyList<StoredLayer> FindUnreferenced(ILayerStore store)
    {
        HashSet<ByteString> reached = [];
        Stack<ByteString> pending = new(store.References.Select(reference => reference.LayerId));
        while (pending.TryPop(out ByteString id))
        {
            if (!reached.Add(id))
                continue;
            foreach (ByteString lower in store.GetLowerLayerIds(id))
            {
                if (!reached.Contains(lower))
                    pending.Push(lower);
            }
        }

        return [.. store.Layers.Where(layer => !reached.Contains(layer.Id))];
    }
}
