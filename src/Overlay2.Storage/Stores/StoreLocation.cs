using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Stores;

/// <summary>Where a store is.</summary>
/// <param name="Kind">Which software laid it out.</param>
/// <param name="Root">The engine's root directory on the host, see <see cref="ILayerStore.DataRoot"/>.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoreLocation(LayerStoreKind Kind, BytePath Root);
