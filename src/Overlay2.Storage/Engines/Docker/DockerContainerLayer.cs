using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>A container's layers in the layer database: <c>layerdb/mounts/CONTAINER/{mount-id,init-id,parent}</c>.</summary>
/// <remarks>Immutable and thread-safe. Source: observed on Docker 20.10.</remarks>
public sealed record DockerContainerLayer
{
    /// <summary>The container's id.</summary>
    public required ByteString ContainerId { get; init; }

    /// <summary>The entry's directory on the host.</summary>
    public required BytePath Directory { get; init; }

    /// <summary>The id of the writable layer in the driver home.</summary>
    public StoreFile MountId { get; init; } = StoreFile.Missing;

    /// <summary>The id of the layer directly below it, which holds the files the engine puts in.</summary>
    public StoreFile InitId { get; init; } = StoreFile.Missing;

    /// <summary>The chain id of the image's uppermost layer; missing for a container without an image.</summary>
    public StoreFile Parent { get; init; } = StoreFile.Missing;
}
