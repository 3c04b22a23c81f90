using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>What is recognised in a store and not read is said in the scope of every answer.</summary>
public sealed class UnreadPartsTests
{
    [Fact]
    public void Other_snapshotters_and_the_mount_manager_of_containerd_are_told()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithDirectory("c/io.containerd.snapshotter.v1.overlayfs/snapshots").WithDirectory("c/io.containerd.snapshotter.v1.native/snapshots")
            .WithDirectory("c/io.containerd.snapshotter.v1.erofs/snapshots/1").WithDirectory("c/io.containerd.snapshotter.v1.erofs/snapshots/2").WithDirectory("c/io.containerd.mount-manager.v1.bolt");
        ContainerdSnapshotStore store = ContainerdSnapshotStore.Read(BytePath.FromText("/c"), new StoreReadOptions { HostRoot = tree.Path }, TestContext.Current.CancellationToken);

        Assert.Equal(["the records of the mount manager", "2 snapshots of the snapshotter erofs"], store.UnreadParts);
        Assert.Contains("recognised and not read: the records of the mount manager, 2 snapshots of the snapshotter erofs", Examined(store), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_halfway_or_composed_in_containers_storage_is_told()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("s")
            .WithDirectory("s/overlay/tempdirs/temp-dir-1").WithDirectory("s/overlay/staging").WithFile($"s/overlay/{ContainersTree.Base}/composefs-data/composefs.blob", "x");
        ILayerStore store = ContainersTree.Read(tree, "s");

        Assert.Equal(["1 directories in tempdirs (removals that run, or did not end)", "the composefs images of 1 layers"], store.UnreadParts);
        Assert.Contains("recognised and not read: 1 directories in tempdirs", Examined(store), StringComparison.Ordinal);
    }

    private static string Examined(ILayerStore store) => string.Join('\n', CorpusSnapshots.Diagnose(MadeUpHost.Of([MadeUpHost.Root], store)).Examined);
}
