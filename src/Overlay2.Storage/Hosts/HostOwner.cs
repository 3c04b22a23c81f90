using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Hosts;

/// <summary>Whose something is: the layer, and who needs that.</summary>
/// <param name="Store">The store.</param>
/// <param name="LayerId">The layer; its directory need not exist.</param>
/// <param name="Container">The container that writes to the layer, or has it for itself alone; <see langword="null"/> for none.</param>
/// <param name="References">The records that need the layer itself.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record HostOwner(HostStore Store, ByteString LayerId, HostContainer? Container, IReadOnlyList<LayerReference> References);
