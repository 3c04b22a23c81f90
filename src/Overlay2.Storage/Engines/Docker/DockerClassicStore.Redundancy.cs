using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

// A store says most things in several places; these members compute one place from the others, without looking at the place itself.
public sealed partial record DockerClassicStore
{
    /// <inheritdoc/>
    public override ExpectedValue GetExpectedLink(ByteString layerId) => Redundancy.Link(layerId);

    /// <inheritdoc/>
    public override ExpectedValue GetExpectedShortLinkTarget(ByteString shortName) => Redundancy.ShortLinkTarget(shortName);

    /// <inheritdoc/>
    public override ExpectedValue GetExpectedLower(ByteString layerId) => Redundancy.Lower(layerId);

    /// <summary>Which layer directory an image layer's <c>cache-id</c> should name.</summary>
    /// <remarks>From the <c>lower</c> files of the layers above it; failing that, the one directory without a record whose own <c>lower</c> fits.</remarks>
    /// <param name="chainId">The image layer, for example <c>sha256:c6ce…</c>.</param>
    public ExpectedValue GetExpectedCacheId(ByteString chainId) => Redundancy.CacheId(chainId);

    /// <summary>Which layer directory a container's <c>mount-id</c> should name: the one without a record whose <c>lower</c> fits.</summary>
    /// <param name="containerId">The container.</param>
    public ExpectedValue GetExpectedMountId(ByteString containerId) => Redundancy.MountId(containerId);
}
