using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>A store that is copied by <c>with</c>: what it computes of its parts is that of the copy, whoever was asked first.</summary>
public sealed class StoreCopyTests
{
    private static readonly ByteString s_a = ByteString.FromText(new string('a', 64));
    private static readonly ByteString s_b = ByteString.FromText(new string('b', 64));

    [Fact]
    public void What_a_copy_of_a_docker_store_computes_is_its_own()
    {
        DockerClassicStore store = new() { DataRoot = Path("/d"), Layers = [Layer(s_a)], ImageLayers = [Image("sha256:1", s_a)], Images = [Of("sha256:1")] };
        Assert.True(store.TryGetLayer(s_a, out _));
        Assert.True(store.TryGetImageLayer(ByteString.FromText("sha256:1"), out _));
        Assert.Equal(s_a, Assert.Single(store.References).LayerId);
        Assert.Equal(ExpectedValueStatus.None, store.GetExpectedLower(s_a).Status);

        DockerClassicStore copy = store with { Layers = [Layer(s_b)], ImageLayers = [Image("sha256:2", s_b)], Images = [Of("sha256:2")] };
        DockerClassicStore again = copy with { ImageLayers = [], Images = [] };

        Assert.False(copy.TryGetLayer(s_a, out _));
        Assert.True(copy.TryGetLayer(s_b, out _));
        Assert.False(copy.TryGetImageLayer(ByteString.FromText("sha256:1"), out _));
        Assert.Equal(s_b, Assert.Single(copy.References).LayerId);
        Assert.Equal((ExpectedValueStatus.None, ExpectedValueStatus.Unknown), (copy.GetExpectedLower(s_b).Status, copy.GetExpectedLower(s_a).Status));
        Assert.Empty(again.References);
        Assert.Same(copy.References, copy.References);
        Assert.Equal(s_a, Assert.Single(store.References).LayerId);
        Assert.True(store.TryGetLayer(s_a, out _));
    }

    private static DockerImage Of(string chainId) => new() { Id = ByteString.FromText($"image of {chainId}"), ChainIds = [ByteString.FromText(chainId)] };

    [Fact]
    public void What_a_copy_of_another_store_computes_is_its_own()
    {
        ContainersStorageStore containers = new() { DataRoot = Path("/c"), LayerRecords = [new ContainersLayerRecord { Id = s_a }] };
        ContainerdSnapshotStore containerd = new() { DataRoot = Path("/e"), DriverHome = Path("/e/h"), StateDirectory = Path("/s"), Snapshots = [Snapshot(1)] };
        Assert.True(containers.TryGetLayerRecord(s_a, out _));
        Assert.True(containerd.TryGetSnapshotOfLayer(ByteString.FromText("1"), out _));
        Assert.Equal((1, 1), (containers.References.Count, containerd.References.Count));

        ContainersStorageStore changed = containers with { LayerRecords = [] };
        ContainerdSnapshotStore snapshots = containerd with { Snapshots = [Snapshot(2), Snapshot(3)] };

        Assert.False(changed.TryGetLayerRecord(s_a, out _));
        Assert.False(snapshots.TryGetSnapshotOfLayer(ByteString.FromText("1"), out _));
        Assert.Equal((0, 2), (changed.References.Count, snapshots.References.Count));
    }

    [Fact]
    public void Stores_are_equal_only_to_themselves()
    {
        DockerClassicStore store = new() { DataRoot = Path("/d") };
        DockerClassicStore copy = store with { };
        int hash = store.GetHashCode();
        _ = store.References;

        Assert.True(store.Equals((object)store));
        Assert.False(store == copy);
        Assert.False(((OverlayDriverStore)store).Equals((OverlayDriverStore)copy));
        Assert.Equal(hash, store.GetHashCode());
        Assert.Equal("Docker /d", store.ToString());
    }

    [Fact]
    public async Task Many_threads_that_ask_at_once_get_one_answer()
    {
        for (int round = 0; round < 50; round++)
        {
            DockerClassicStore store = new() { DataRoot = Path("/d"), ImageLayers = [Image("sha256:1", s_a)] };
            IReadOnlyList<LayerReference>[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.References)));
            Assert.All(answers, answer => Assert.Same(answers[0], answer));
        }
    }

    private static OverlayDriverLayer Layer(ByteString id) => new() { Id = id, Directory = Path($"/d/overlay2/{id}") };

    private static DockerImageLayer Image(string chainId, ByteString layer) => new() { ChainId = ByteString.FromText(chainId), Directory = Path("/d/i"), CacheId = StoreFile.Of(layer) };

    private static ContainerdSnapshot Snapshot(ulong id) => new() { Key = ByteString.FromText($"default/{id}/a"), Id = id, Kind = ContainerdSnapshotKind.Committed };

    private static BytePath Path(string path) => BytePath.FromText(path);
}
