using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>The redundancy of a classic store: also the ids that the layer database holds.</summary>
internal sealed class DockerRedundancy(DockerClassicStore store, DockerAncestry ancestry) : DriverRedundancy(store, ancestry.TryGetAncestors)
{
    public ExpectedValue CacheId(ByteString chainId)
    {
        // A layer above names it by its short name; failing that, one directory that nobody else needs fits the chain.
        List<(ByteString Value, BytePath Source)> sources = [];
        foreach ((ByteString name, BytePath source) in NamesOfLostChain(chainId))
            sources.AddRange(LayersNamed(name).Select(id => (id, source)));
        return sources.Count > 0 || !store.TryGetImageLayer(chainId, out DockerImageLayer? layer) || !ancestry.TryGetAncestors(layer, out List<OverlayDriverAncestor>? ancestors)
            ? ExpectedValue.FromSources(sources)
            : Fitting(LowerOf(ancestors));
    }

    public ExpectedValue MountId(ByteString containerId) =>
        store.TryGetContainerLayer(containerId, out DockerContainerLayer? layer) && ancestry.TryGetAncestors(layer, out List<OverlayDriverAncestor>? ancestors)
            ? Fitting(LowerOf(ancestors))
            : ExpectedValue.Unknown;
}
