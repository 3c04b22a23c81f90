using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>The size that a record gives a layer.</summary>
/// <param name="Owner">What the record is of: an image layer's chain id.</param>
/// <param name="Bytes">The size of the layer's content.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RecordedSize(ByteString Owner, ulong Bytes);
