using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>A container by the records of containers/storage (<c>containers.json</c>, <c>volatile-containers.json</c>).</summary>
/// <remarks>Immutable and thread-safe. Whether it runs is not noted there. Source: observed on Podman 4.3.</remarks>
public sealed record ContainersContainer
{
    /// <summary>The container's id.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The container's first name; empty if it has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The id of its writable layer.</summary>
    public ByteString LayerId { get; init; }

    /// <summary>The id of its image; empty if it was made without one.</summary>
    public ByteString ImageId { get; init; }

    /// <summary>Whether the record is in <c>volatile-containers.json</c>; not known in snapshot files of earlier versions, and then not set.</summary>
    public bool IsVolatile { get; init; }
}
