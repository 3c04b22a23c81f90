using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Stores;

// A store says most things in several places; these members compute one place from the others, without looking at the place itself.
public sealed partial class DockerClassicStore
{
    /// <summary>What a layer's <c>link</c> file should hold: 26 characters.</summary>
    /// <remarks>From the links in <c>l</c> that lead to the layer, and from the <c>lower</c> files of the layers above it.</remarks>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public ExpectedValue GetExpectedLink(ByteString layerId) => _redundancy.Value.Link(layerId);

    /// <summary>Where a link in <c>l</c> should lead: <c>../ID/diff</c>.</summary>
    /// <remarks>From the layer whose <c>link</c> file holds the name, and from the <c>lower</c> files that use the name.</remarks>
    /// <param name="shortName">The name of the link, 26 characters; it need not exist.</param>
    public ExpectedValue GetExpectedShortLinkTarget(ByteString shortName) => _redundancy.Value.ShortLinkTarget(shortName);

    /// <summary>What a layer's <c>lower</c> file should hold: <c>l/NAME:l/NAME</c>, nearest layer first; none for the lowest layer.</summary>
    /// <remarks>From the layer database's chain (or the build cache's) and the short names of the layers in it.</remarks>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public ExpectedValue GetExpectedLower(ByteString layerId) => _redundancy.Value.Lower(layerId);

    /// <summary>Which layer directory an image layer's <c>cache-id</c> should name.</summary>
    /// <remarks>From the <c>lower</c> files of the layers above it; failing that, the one directory without a record whose own <c>lower</c> fits.</remarks>
    /// <param name="chainId">The image layer, for example <c>sha256:c6ce…</c>.</param>
    public ExpectedValue GetExpectedCacheId(ByteString chainId) => _redundancy.Value.CacheId(chainId);

    /// <summary>Which layer directory a container's <c>mount-id</c> should name: the one without a record whose <c>lower</c> fits.</summary>
    /// <param name="containerId">The container.</param>
    public ExpectedValue GetExpectedMountId(ByteString containerId) => _redundancy.Value.MountId(containerId);

    /// <summary>The links in <c>l</c> that lead to a layer.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public IReadOnlyList<DockerShortLink> GetShortLinksOfLayer(ByteString layerId) =>
        _index.Value.ShortLinksByLayer.TryGetValue(layerId, out List<DockerShortLink>? links) ? links : [];
}
