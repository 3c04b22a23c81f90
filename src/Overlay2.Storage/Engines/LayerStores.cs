using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>The kinds of stores that can be read: here a kind meets its reader.</summary>
internal static class LayerStores
{
    /// <summary>Reads a store whose root directory is there.</summary>
    /// <param name="location">Where the store is.</param>
    /// <param name="host">The host's root directory, for stores that have further places.</param>
    /// <param name="tree">The engine's root directory.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    public static ILayerStore Read(StoreLocation location, RootedDirectory host, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken) => location.Kind switch
    {
        LayerStoreKind.DockerClassic => DockerClassicStore.Read(tree, location.Root, options, cancellationToken),
        LayerStoreKind.ContainersStorage => ContainersStorageStore.Read(location, tree, options, cancellationToken),
        LayerStoreKind.ContainerdSnapshots => ContainerdSnapshotStore.Read(host, ContainerdPlaces.Of(location), location.Problems, options, cancellationToken),
        _ => throw NotRead(location.Kind),
    };

    /// <summary>A store of which nothing could be read.</summary>
    public static ILayerStore Unread(StoreLocation location, StoreEntryType home, StoreProblem problem) => location.Kind switch
    {
        LayerStoreKind.DockerClassic => new DockerClassicStore { DataRoot = location.Root, Home = new DriverHomeStatus { Type = home }, ReadProblems = [problem] },
        LayerStoreKind.ContainersStorage => ContainersStorageStore.Unread(location, home, problem),
        LayerStoreKind.ContainerdSnapshots => ContainerdSnapshotStore.Unread(ContainerdPlaces.Of(location), home, problem),
        _ => throw NotRead(location.Kind),
    };

    private static NotSupportedException NotRead(LayerStoreKind kind) => new($"Stores of the kind {kind} cannot be read.");
}
