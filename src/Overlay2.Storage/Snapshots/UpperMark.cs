using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A file or directory of a layer with something special about it.</summary>
/// <param name="Path">Its path below the layer's directory.</param>
/// <param name="Kind">What is special.</param>
/// <param name="Value">The value of the extended attribute; empty for file flags.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record UpperMark(BytePath Path, UpperMarkKind Kind, ByteString Value);
