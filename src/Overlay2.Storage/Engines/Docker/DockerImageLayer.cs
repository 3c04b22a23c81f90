using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>An image layer of the layer database: <c>layerdb/sha256/CHAIN/{cache-id,diff,parent,size}</c>.</summary>
/// <remarks>Immutable and thread-safe. <c>parent</c> is missing for the lowest layer. Source: observed on Docker 20.10.</remarks>
public sealed record DockerImageLayer
{
    /// <summary>The layer's chain id, for example <c>sha256:c6ce…</c>: a digest over the layer and all below it.</summary>
    public required ByteString ChainId { get; init; }

    /// <summary>The entry's directory on the host.</summary>
    public required BytePath Directory { get; init; }

    /// <summary>The id of the layer's directory in the driver home.</summary>
    public StoreFile CacheId { get; init; } = StoreFile.Missing;

    /// <summary>The digest of the layer's own content.</summary>
    public StoreFile DiffId { get; init; } = StoreFile.Missing;

    /// <summary>The chain id of the layer below.</summary>
    public StoreFile Parent { get; init; } = StoreFile.Missing;

    /// <summary>The size of the layer's content in bytes, as decimal text.</summary>
    public StoreFile Size { get; init; } = StoreFile.Missing;

    /// <summary>Whether it has no parent and is not the lowest layer, whose chain id is the digest of its own content.</summary>
    internal bool HasLostParent => Parent.State == StoreFileState.Missing && DiffId.Trimmed is { IsEmpty: false } diffId && diffId != ChainId;
}
