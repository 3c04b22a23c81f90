using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Which layers are below a layer by the layer database and the build cache: a copy of what the <c>lower</c> files say.</summary>
internal sealed class DockerAncestry
{
    /// <summary>More than the driver's limit of 128, so that a loop ends.</summary>
    private const int MaxDepth = 512;

    private readonly DockerClassicStore _store;
    private readonly Dictionary<ByteString, DockerImageLayer> _imageLayers;
    private readonly Dictionary<ByteString, DockerContainerLayer> _containerLayers;
    private readonly Dictionary<ByteString, DockerContainerLayer> _initLayers;
    private readonly Dictionary<ByteString, DockerBuildCacheRecord> _buildCache;
    private readonly Lazy<Dictionary<ByteString, ByteString>> _belowLost;
    private readonly BytePath _buildCachePath;

    public DockerAncestry(DockerClassicStore store)
    {
        _store = store;
        _buildCachePath = store.DataRoot.Combine(DockerNames.BuildCacheSnapshots);
        _imageLayers = store.ImageLayers.FirstByKey(layer => layer.CacheId.Trimmed);
        _containerLayers = store.ContainerLayers.Where(layer => !layer.MountId.Trimmed.IsEmpty).FirstByKey(layer => layer.MountId.Trimmed);
        _initLayers = store.ContainerLayers.Where(layer => !layer.InitId.Trimmed.IsEmpty).FirstByKey(layer => layer.InitId.Trimmed);
        _buildCache = store.BuildCache.FirstByKey(record => record.Key);
        _belowLost = new Lazy<Dictionary<ByteString, ByteString>>(FindBelowLost);
    }

    /// <summary>The layers below a layer, nearest first.</summary>
    /// <returns><see langword="false"/> where no record knows the layer, or the chain breaks off.</returns>
    public bool TryGetAncestors(ByteString layerId, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors)
    {
        ancestors = [];
        if (_containerLayers.TryGetValue(layerId, out DockerContainerLayer? container))
            return container.InitId.State != StoreFileState.Unreadable && TryAddBelow(container, ancestors);
        if (_initLayers.TryGetValue(layerId, out container))
            return TryAddChain(container.Parent, container.Directory.Combine(DockerNames.Parent), ancestors);
        if (_imageLayers.TryGetValue(layerId, out DockerImageLayer? layer))
            return TryAddBelow(layer, ancestors);
        return _buildCache.TryGetValue(layerId, out DockerBuildCacheRecord? record) && TryAddSnapshots(record.Parent, ancestors);
    }

    /// <summary>The layers below an image layer, nearest first; for a layer whose directory's id is lost.</summary>
    public bool TryGetAncestors(DockerImageLayer layer, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors)
    {
        ancestors = [];
        return TryAddBelow(layer, ancestors);
    }

    /// <summary>The layers below a container's writable layer, nearest first; for one whose directory's id is lost.</summary>
    public bool TryGetAncestors(DockerContainerLayer layer, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors)
    {
        ancestors = [];
        return !layer.InitId.Trimmed.IsEmpty && TryAddBelow(layer, ancestors);
    }

    /// <summary>What is below the layers that the database has lost, by the images; empty for the lowest layer.</summary>
    private Dictionary<ByteString, ByteString> FindBelowLost()
    {
        HashSet<ByteString> lost = [.. _store.Reachability.Missing.Select(chain => chain.ChainId)];
        Dictionary<ByteString, ByteString> below = [];
        foreach (DockerImage image in lost.Count == 0 ? [] : _store.Images)
        {
            for (int i = 0; i < image.ChainIds.Count; i++)
            {
                if (lost.Contains(image.ChainIds[i]))
                    below.TryAdd(image.ChainIds[i], i == 0 ? default : image.ChainIds[i - 1]);
            }
        }

        return below;
    }

    private bool TryAddBelow(DockerContainerLayer layer, List<OverlayDriverAncestor> ancestors)
    {
        if (!layer.InitId.Trimmed.IsEmpty)
            ancestors.Add(new OverlayDriverAncestor(layer.InitId.Trimmed, default, layer.Directory.Combine(DockerNames.InitId)));
        return TryAddChain(layer.Parent, layer.Directory.Combine(DockerNames.Parent), ancestors);
    }

    private bool TryAddBelow(DockerImageLayer layer, List<OverlayDriverAncestor> ancestors) =>
        !layer.HasLostParent && TryAddChain(layer.Parent, layer.Directory.Combine(DockerNames.Parent), ancestors);

    private bool TryAddChain(StoreFile parent, BytePath source, List<OverlayDriverAncestor> ancestors)
    {
        while (parent.State != StoreFileState.Missing)
        {
            if (ancestors.Count == MaxDepth)
                return false;
            if (!_store.TryGetImageLayer(parent.Trimmed, out DockerImageLayer? below))
            {
                // The database has lost the entry; the images still tell what is below it.
                if (!_belowLost.Value.TryGetValue(parent.Trimmed, out ByteString next))
                    return false;
                ancestors.Add(new OverlayDriverAncestor(default, parent.Trimmed, source));
                if (next.IsEmpty)
                    return true;
                parent = StoreFile.Of(next);
                continue;
            }

            ancestors.Add(new OverlayDriverAncestor(below.CacheId.Trimmed, below.ChainId, source));
            if (below.HasLostParent)
                return false;
            parent = below.Parent;
            source = below.Directory.Combine(DockerNames.Parent);
        }

        return true;
    }

    /// <summary>A snapshot's parent is a key, whose record names an image layer or a finished snapshot, or it is a chain id itself.</summary>
    private bool TryAddSnapshots(ByteString parent, List<OverlayDriverAncestor> ancestors)
    {
        while (!parent.IsEmpty)
        {
            if (ancestors.Count == MaxDepth)
                return false;

            _buildCache.TryGetValue(parent, out DockerBuildCacheRecord? record);
            ByteString chainId = record is { ChainId.IsEmpty: false } ? record.ChainId : parent;
            if (_store.TryGetImageLayer(chainId, out DockerImageLayer? layer))
            {
                ancestors.Add(new OverlayDriverAncestor(layer.CacheId.Trimmed, layer.ChainId, _buildCachePath));
                return TryAddBelow(layer, ancestors);
            }

            if (record is null)
                return false;
            ByteString layerId = record.Committed.IsEmpty ? record.Key : record.Committed;
            ancestors.Add(new OverlayDriverAncestor(layerId, default, _buildCachePath));
            parent = record.Committed.IsEmpty ? record.Parent : _buildCache.GetValueOrDefault(record.Committed)?.Parent ?? default;
        }

        return true;
    }
}
