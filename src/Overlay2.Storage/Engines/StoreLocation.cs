using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Where a store is.</summary>
/// <param name="Kind">Which software laid it out.</param>
/// <param name="Root">The engine's root directory on the host, see <see cref="ILayerStore.DataRoot"/>.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoreLocation(LayerStoreKind Kind, BytePath Root)
{
    /// <summary>The root directories of the read-only stores whose images a store of containers/storage uses too.</summary>
    public ImmutableArray<BytePath> ImageStores { get; init; } = [];

    /// <summary>The driver home where an engine can have it elsewhere than in its root directory, see <see cref="ILayerStore.DriverHome"/>; empty for the usual one.</summary>
    internal BytePath DriverHome { get; init; }

    /// <summary>See <see cref="ILayerStore.StateDirectory"/>; empty for the usual one.</summary>
    internal BytePath StateDirectory { get; init; }

    /// <summary>What could not be read of the configuration that names the place.</summary>
    internal ImmutableArray<StoreProblem> Problems { get; init; } = [];
}
