using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Tests.Engines;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class CaptureAllocationTests
{
    private const int Layers = 400;
    private const int Containers = 80;

    [Fact]
    public void A_capture_allocates_little_more_than_it_keeps()
    {
        using TemporaryTree host = new TemporaryTree().WithRecorded(SyntheticDockerRoot.Write(Layers, Containers), "var/lib/docker");
        DockerClassicStore store = DockerClassicStore.Read(
            BytePath.FromText("/var/lib/docker"), new StoreReadOptions { HostRoot = host.Path }, TestContext.Current.CancellationToken);
        host.WithFile("proc/1/mountinfo", string.Join('\n', MadeUpHost.Overlays(store)));
        Capture(host); // compiles

        long before = GC.GetAllocatedBytesForCurrentThread();
        StorageSnapshot snapshot = Capture(host);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var captured = (DockerClassicStore)snapshot.Stores.Value[0];
        Assert.Equal((Layers, Containers), (captured.Layers.Count, captured.Containers.Count));
        Assert.Empty(captured.Problems);
        Assert.Equal(Containers + 1, snapshot.Mounts.Value.Entries.Length);

        // 2.8 KB of a layer are kept. One new buffer for each directory that is listed alone had 32 KB.
        Assert.InRange(allocated / Layers, 1, 10_000);
    }

    /// <summary>On this thread: where the host root has no live processes, nothing is waited for.</summary>
    private static StorageSnapshot Capture(TemporaryTree host)
    {
        Task<StorageSnapshot> capture = new SnapshotCapture(new SnapshotOptions { HostRoot = host.Path }, TestContext.Current.CancellationToken).TakeAsync();
        Assert.True(capture.IsCompletedSuccessfully);
        return capture.Result;
    }
}
