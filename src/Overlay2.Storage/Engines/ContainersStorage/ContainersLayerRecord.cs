using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>A layer by the records of containers/storage (<c>layers.json</c>, <c>volatile-layers.json</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on Podman 4.3.</remarks>
public sealed record ContainersLayerRecord
{
    /// <summary>The layer's id, the name of its directory.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The id of the layer below; empty for a lowest layer.</summary>
    public ByteString Parent { get; init; }

    /// <summary>Whether its making was begun and not finished: the next program that uses the store removes it.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Whether the record is in <c>volatile-layers.json</c>: the layer need not survive a crash.</summary>
    public bool IsVolatile { get; init; }
}
