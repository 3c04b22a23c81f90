using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Who needs which layer of a <see cref="DockerClassicStore"/>.</summary>
internal sealed class DockerReferences
{
    private readonly List<LayerReference> _references = [];
    private readonly List<StoreProblem> _problems = [];

    public DockerReferences(DockerClassicStore store)
    {
        AddImageLayers(store);
        AddLostChains(store);
        AddContainerLayers(store);
        AddBuildCache(store);
    }

    public IReadOnlyList<LayerReference> All => _references;

    public IReadOnlyList<StoreProblem> Problems => _problems;

    private void AddImageLayers(DockerClassicStore store)
    {
        foreach (DockerImageLayer layer in store.ImageLayers.Where(store.Reachability.IsNeeded))
            Add(layer.CacheId, LayerReferenceKind.ImageLayer, layer.ChainId, layer.Directory.Combine(DockerNames.CacheId));
    }

    /// <summary>The directory of a layer that the database has lost looks as one that nobody needs.</summary>
    private void AddLostChains(DockerClassicStore store)
    {
        foreach (LostChain lost in store.Reachability.Missing)
            _problems.Add(new StoreProblem(lost.Place, StoreOperation.Open, StoreProblemReason.NotFound, $"the layer database does not hold {lost.ChainId}, which {lost.Source} names"));
    }

    private void AddContainerLayers(DockerClassicStore store)
    {
        foreach (DockerContainerLayer layer in store.ContainerLayers)
        {
            Add(layer.MountId, LayerReferenceKind.ContainerLayer, layer.ContainerId, layer.Directory.Combine(DockerNames.MountId));

            // A container can do without an init layer, so its absence is no problem.
            if (layer.InitId.State != StoreFileState.Missing)
                Add(layer.InitId, LayerReferenceKind.ContainerInit, layer.ContainerId, layer.Directory.Combine(DockerNames.InitId));
        }

        foreach (DockerContainer container in store.Containers)
        {
            if (container is { IsElsewhere: false, IsLeftOver: false } && !store.TryGetContainerLayer(container.Id, out _))
            {
                BytePath path = store.DataRoot.Combine(DockerNames.LayerDatabase).Combine(DockerNames.Mounts).Combine(new BytePath(container.Id));
                _problems.Add(new StoreProblem(path, StoreOperation.Open, StoreProblemReason.NotFound, "the layer database does not hold the container's layers"));
            }
        }
    }

    private void AddBuildCache(DockerClassicStore store)
    {
        BytePath source = store.DataRoot.Combine(DockerNames.BuildCacheSnapshots);
        foreach (DockerBuildCacheRecord record in store.BuildCache)
        {
            // A snapshot that is being made has its layer under its key; which keys these are does not matter: both are in use.
            _references.Add(new LayerReference(record.Key, LayerReferenceKind.BuildCache, record.Key, source));
            if (!record.Committed.IsEmpty)
                _references.Add(new LayerReference(record.Committed, LayerReferenceKind.BuildCache, record.Key, source));
        }

        _problems.AddRange(store.ReadProblems.Where(problem => problem.Path.StartsWith(source)
            || problem.Path.StartsWith(store.DataRoot.Combine(DockerNames.LayerDatabase))));
    }

    private void Add(StoreFile file, LayerReferenceKind kind, ByteString owner, BytePath source)
    {
        ByteString id = file.Trimmed;
        if (!id.IsEmpty)
        {
            _references.Add(new LayerReference(id, kind, owner, source));
            return;
        }

        StoreProblemReason reason = file.State == StoreFileState.Missing ? StoreProblemReason.NotFound : StoreProblemReason.Malformed;
        _problems.Add(file.Problem ?? new StoreProblem(source, StoreOperation.Parse, reason, "the id of a layer directory is not known"));
    }
}
