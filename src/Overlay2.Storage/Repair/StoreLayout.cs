using Overlay2.Storage.Bytes;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Repair;

/// <summary>Where things are in a store.</summary>
internal static class StoreLayout
{
    /// <summary>The directory that the layers' directories are in.</summary>
    public static BytePath LayersDirectory(ILayerStore store) => store is ContainerdSnapshotStore ? store.DriverHome.Combine(ContainerdNames.Snapshots) : store.DriverHome;

    /// <summary>See <see cref="ILayerStore.QuarantineDirectory"/>.</summary>
    public static StorePlace Quarantine(ILayerStore store) => StorePlace.Of(store.DataRoot, store.QuarantineDirectory);

    public static StorePlace Place(ILayerStore store, BytePath path) => StorePlace.Of(store.DataRoot, path);
}
