using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Who needs which layer of a <see cref="ContainersStorageStore"/>.</summary>
internal sealed class ContainersReferences
{
    private readonly List<LayerReference> _references = [];

    public ContainersReferences(ContainersStorageStore store)
    {
        BytePath layers = store.DataRoot.Combine(ContainersNames.Layers);
        BytePath containers = store.DataRoot.Combine(ContainersNames.Containers);
        ContainersContainer[] withLayer = [.. store.Containers.Where(container => !container.LayerId.IsEmpty)];
        Dictionary<ByteString, ContainersContainer> byLayer = withLayer.FirstByKey(container => container.LayerId);
        _references.AddRange(withLayer.Where(container => !store.TryGetLayerRecord(container.LayerId, out _))
            .Select(container => new LayerReference(container.LayerId, LayerReferenceKind.ContainerLayer, container.Id, containers)));
        foreach (ContainersLayerRecord record in store.LayerRecords)
        {
            LayerReferenceKind kind = record.IsIncomplete ? LayerReferenceKind.Unfinished
                : byLayer.ContainsKey(record.Id) ? LayerReferenceKind.ContainerLayer
                : LayerReferenceKind.ImageLayer;
            _references.Add(new LayerReference(record.Id, kind, byLayer.TryGetValue(record.Id, out ContainersContainer? container) ? container.Id : record.Id, layers));
        }

        // An image of a store below this one may be named here, too.
        if (store.ImageStores.Count == 0)
        {
            _references.AddRange(store.Images.Where(image => !image.TopLayer.IsEmpty && !store.TryGetLayerRecord(image.TopLayer, out _))
                .Select(image => new LayerReference(image.TopLayer, LayerReferenceKind.ImageLayer, image.Id, store.DataRoot.Combine(ContainersNames.Images))));
        }

        HashSet<BytePath> records = [store.DataRoot, .. ContainersNames.Records.Select(file => store.DataRoot.Combine(file))];
        Problems = [.. store.ReadProblems.Where(problem => records.Contains(problem.Path)), .. LostRecords(store)];
    }

    /// <summary>The directory of a layer whose record is lost looks as one that nobody needs.</summary>
    private static IEnumerable<StoreProblem> LostRecords(ContainersStorageStore store)
    {
        BytePath layers = store.DataRoot.Combine(ContainersNames.Layers);
        return FindLostRecords(store).Select(id => new StoreProblem(layers, StoreOperation.Read, StoreProblemReason.NotFound, $"it does not hold the layer {id}, which another record names"));
    }

    /// <summary>The layers that records name, and that have none; none where the records of layers could not all be read.</summary>
    public static IEnumerable<ByteString> FindLostRecords(ContainersStorageStore store)
    {
        if (store.ReadProblems.Any(problem => problem.Path.StartsWith(store.DataRoot.Combine(ContainersNames.LayerDirectory)) || store.DataRoot.StartsWith(problem.Path)))
            return [];
        HashSet<ByteString> lost = [.. store.Containers.Select(container => container.LayerId)];
        if (store.ImageStores.Count == 0)
            lost.UnionWith([.. store.Images.SelectMany(image => image.MappedLayers.Append(image.TopLayer)), .. store.LayerRecords.Select(record => record.Parent)]);
        return lost.Where(id => !id.IsEmpty && !store.TryGetLayerRecord(id, out _));
    }

    public IReadOnlyList<LayerReference> All => _references;

    public IReadOnlyList<StoreProblem> Problems { get; }
}
