using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any file in the place of containerd's databases gives records, each in bounds, or typed problems.</summary>
internal static class ContainerdTarget
{
    private const int MostRecords = 1000;
    private const string Root = "/var/lib/containerd";

    public static void Run(byte[] input)
    {
        BoltTarget.Seal(input);
        var places = ContainerdPlaces.Of(ContainerdNames.DefaultRoot);
        RecordedFileTree root = RecordedTree.Of(Root, ["io.containerd.metadata.v1.bolt"], [ContainerdNames.Metadata.ToString()], input);
        RecordedFileTree home = RecordedTree.Of(Root, ["snapshots", "snapshots/1", "snapshots/1/fs", "snapshots/2", "snapshots/new-3"], ["metadata.db"], input);
        var options = new StoreReadOptions { MaxDirectoryEntries = MostRecords };
        ContainerdSnapshotStore store = ContainerdSnapshotStore.Read(new ContainerdTrees(root, home, State: null), places, [], options, CancellationToken.None);
        if (store.Snapshots.Count > MostRecords || store.SnapshotNames.Count + store.Containers.Count + store.Images.Count + store.Leases.Count + store.Namespaces.Count > MostRecords)
            throw new InvalidOperationException("More records than the limit.");
        if (store.References.Count != store.Snapshots.Count || store.FindUnreferencedLayers().Count > store.Layers.Count)
            throw new InvalidOperationException("References that are none.");
        if (store.RecordReferences.Any(reference => (reference.Resolution == RecordResolution.Resolved) != (reference.Reason == RecordReferenceReason.None)))
            throw new InvalidOperationException("A reference is resolved for a reason, or not resolved for none.");
        foreach (ContainerdSnapshot snapshot in store.Snapshots)
        {
            if (store.GetLowerLayerIds(snapshot.LayerId).Count >= store.Snapshots.Count)
                throw new InvalidOperationException("A chain that is longer than the store.");
        }
    }
}
