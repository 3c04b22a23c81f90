using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>A layer below another one, by the records.</summary>
/// <param name="LayerId">The id of its directory; empty where the record has lost it.</param>
/// <param name="ChainId">Its chain id; empty for a layer that is none of an image.</param>
/// <param name="Source">The file that says that it is there.</param>
internal readonly record struct OverlayDriverAncestor(ByteString LayerId, ByteString ChainId, BytePath Source);
