using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>An image layer that something is made of, and that the layer database does not hold.</summary>
/// <param name="ChainId">Its chain id, as it is written there; it need not have the form of one.</param>
/// <param name="Source">The first file on the host that names it: an image's, a container's or another entry's.</param>
/// <param name="Place">Where the entry would be, or the database itself where no entry can have that name.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LostChain(ByteString ChainId, BytePath Source, BytePath Place);
