using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A container whose layer no record knows: nothing can start it.</summary>
/// <param name="ContainerId">The container's id.</param>
/// <param name="ContainerName">The name under which a person knows it.</param>
/// <param name="Layer">What the container names as its layer.</param>
/// <param name="Record">The file that says so.</param>
/// <param name="Searched">The file that holds no such layer.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LostLayer(ByteString ContainerId, string ContainerName, ByteString Layer, BytePath Record, BytePath Searched);
