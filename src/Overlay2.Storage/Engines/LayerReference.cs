using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A record that needs a layer.</summary>
/// <param name="LayerId">The layer's id, the name of its directory.</param>
/// <param name="Kind">What needs it.</param>
/// <param name="Owner">Which one: the chain id of an image layer, a container's id, a build cache record's key.</param>
/// <param name="Source">The file that says so.</param>
public sealed record LayerReference(ByteString LayerId, LayerReferenceKind Kind, ByteString Owner, BytePath Source);
