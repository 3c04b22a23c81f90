using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>The directories of one containerd on the host.</summary>
/// <param name="Root">What outlives a reboot: databases, contents, snapshots.</param>
/// <param name="DriverHome">The overlayfs snapshotter's own directory, normally in the root.</param>
/// <param name="State">What does not: tasks.</param>
internal sealed record ContainerdPlaces(BytePath Root, BytePath DriverHome, BytePath State)
{
    /// <summary>containerd's database, below the root directory.</summary>
    public BytePath Metadata => ContainerdNames.MetadataOf(Root, DriverHome);

    /// <summary>The content store's blobs, below the root directory.</summary>
    public BytePath Blobs => ContainerdNames.BlobsOf(Root, DriverHome);

    /// <summary>The usual places for a root directory.</summary>
    public static ContainerdPlaces Of(BytePath root) => new(root, root.Combine(ContainerdNames.DriverHome), ContainerdNames.DefaultState);

    /// <summary>The places of a store: those that are configured, the usual ones else.</summary>
    public static ContainerdPlaces Of(StoreLocation location)
    {
        ContainerdPlaces usual = Of(location.Root);
        return new ContainerdPlaces(
            location.Root, location.DriverHome.IsEmpty ? usual.DriverHome : location.DriverHome, location.StateDirectory.IsEmpty ? usual.State : location.StateDirectory);
    }
}
