using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A record of a layer that no image, container or build record leads to: what takes the layer away takes it too.</summary>
/// <param name="Path">The record's directory on the host.</param>
/// <param name="Size">The size of the layer's content by the record, in bytes as decimal text; empty where it is not noted.</param>
/// <param name="Doubt">Why somebody may need it all the same, in words for a person; empty where nobody does.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record UnneededRecord(BytePath Path, string Size, string Doubt);
