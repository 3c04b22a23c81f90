using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

// What the layer database should say by the other records.
public sealed partial record DockerClassicStore
{
    /// <summary>Which layer directory an image layer's <c>cache-id</c> should name.</summary>
    /// <remarks>From the <c>lower</c> files of the layers above it; failing that, the one directory without a record whose own <c>lower</c> fits.</remarks>
    /// <param name="chainId">The image layer, for example <c>sha256:c6ce…</c>.</param>
    public ExpectedValue GetExpectedCacheId(ByteString chainId) => Redundancy.CacheId(chainId);

    /// <summary>Which layer directory a container's <c>mount-id</c> should name: the one without a record whose <c>lower</c> fits.</summary>
    /// <param name="containerId">The container.</param>
    public ExpectedValue GetExpectedMountId(ByteString containerId) => Redundancy.MountId(containerId);
}
