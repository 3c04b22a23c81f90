using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>Stores on disk that try to lead the reader out, to hold it up or to fill its memory.</summary>
public sealed class HostileStoreTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string ShortName = "ABCDEFGHIJKLMNOPQRSTUVWXY2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Links_below_the_root_are_not_followed(bool avoidOpenAt2)
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithLink($"docker/overlay2/{Id}/link", "/etc/passwd")
            .WithLink($"docker/overlay2/{Id}/lower", "../../../outside")
            .WithLink("docker/image/overlay2/layerdb", "/etc")
            .WithLink("docker/containers", "containers")
            .WithLink("docker/overlay2/l", "../../elsewhere")
            .WithLink($"elsewhere/{ShortName}", "../x/diff")
            .WithFile("outside", "outside");

        DockerClassicStore store = Read(tree, avoidOpenAt2);

        OverlayDriverLayer layer = Assert.Single(store.Layers);
        Assert.Equal(StoreProblemReason.SymbolicLink, layer.Link.Problem?.Reason);
        Assert.Equal(StoreProblemReason.SymbolicLink, layer.Lower.Problem?.Reason);
        Assert.Empty(store.ShortLinks);
        Assert.Empty(store.Containers);
        Assert.Empty(store.ImageLayers);
        Assert.All(store.ReadProblems, problem => Assert.Equal(StoreProblemReason.SymbolicLink, problem.Reason));
        Assert.Contains(store.ReferenceProblems, problem => problem.Path.FileName.ToString() == "layerdb");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_way_to_the_root_stays_inside_the_host_root(bool avoidOpenAt2)
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile("host/data/overlay2/l/x", "")
            .WithLink("host/var/lib/docker", "/../../data")
            .WithLink("host/loop", "loop")
            .WithLink("host/etc-outside", "../../../../../../../../etc");

        Assert.True(LiveFileTree.TryOpen(tree.Path.Combine(BytePath.FromText("host")), BytePath.FromText("/var/lib/docker"), out LiveFileTree? data, out _, avoidOpenAt2));
        using (data)
        {
            Assert.True(data.TryList(BytePath.FromText("overlay2/l"), 10, out IReadOnlyList<FileTreeEntry> entries, out _));
            Assert.Equal("x", Assert.Single(entries).Name.ToString());
            Assert.False(data.TryList(BytePath.FromText("overlay2/../.."), 10, out _, out StoreProblem? outside));
            Assert.Equal("EXDEV", outside.Detail);
        }

        Assert.False(LiveFileTree.TryOpen(tree.Path.Combine(BytePath.FromText("host")), BytePath.FromText("/loop"), out _, out StoreProblem? loop, avoidOpenAt2));
        Assert.Equal(StoreProblemReason.SymbolicLink, loop.Reason);
        Assert.False(LiveFileTree.TryOpen(tree.Path.Combine(BytePath.FromText("host")), BytePath.FromText("/etc-outside"), out _, out StoreProblem? etc, avoidOpenAt2));
        Assert.Equal(StoreProblemReason.NotFound, etc.Reason);
    }

    [Fact]
    public void A_fifo_does_not_hold_the_reader_up()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFifo($"docker/overlay2/{Id}/link")
            .WithFifo($"docker/overlay2/{Id}/lower")
            .WithFifo($"docker/containers/{Id}/config.v2.json")
            .WithFifo("docker/image/overlay2/repositories.json")
            .WithFifo("docker/buildkit/snapshots.db")
            .WithFifo("docker/overlay2/l");

        DockerClassicStore store = Read(tree);

        Assert.Equal(StoreProblemReason.WrongType, Assert.Single(store.Layers).Link.Problem?.Reason);
        Assert.Equal(StoreProblemReason.WrongType, Assert.Single(store.Containers).Problem?.Reason);
        Assert.Equal(StoreEntryType.Other, store.ShortLinkDirectory);
    }

    [Fact]
    public void Huge_files_are_not_read()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithSparseFile($"docker/overlay2/{Id}/lower", 10L << 30)
            .WithSparseFile($"docker/containers/{Id}/config.v2.json", 10L << 30)
            .WithSparseFile($"docker/image/overlay2/imagedb/content/sha256/{Id}", 10L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();

        DockerClassicStore store = Read(tree);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal(StoreProblemReason.TooLarge, Assert.Single(store.Layers).Lower.Problem?.Reason);
        Assert.Equal(StoreProblemReason.TooLarge, Assert.Single(store.Containers).Problem?.Reason);
    }

    [Theory]
    [InlineData("{\"State\":{\"Running\":\"yes\",\"Pid\":1e99,\"Health\":[]},\"Name\":7}", "Name: Number instead of String; State.Running: String instead of True or False; State.Pid: out of range; State.Health: Array instead of Object")]
    [InlineData("{\"State\":7}", "State: Number instead of Object")]
    [InlineData("[]", "Array instead of an object")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("{\"Name\":\"\\ud800\"}", "Name: not text")]
    [InlineData("{\"\\ud800\":1}", "State: beside a name that is not text")]
    public void Wrong_types_in_json_are_typed_problems(string json, string detail)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile($"docker/containers/{Id}/config.v2.json", json).WithFile($"docker/containers/{Id}/hostconfig.json", "{}");

        DockerContainer container = Assert.Single(Read(tree).Containers);

        Assert.Equal(StoreProblemReason.Malformed, container.Problem?.Reason);
        Assert.StartsWith(detail, container.Problem!.Detail, StringComparison.Ordinal);
        Assert.False(container.IsRunning);
    }

    [Theory]
    [InlineData("/overlay2")]
    [InlineData("overlay2//l")]
    [InlineData("overlay2/../l")]
    [InlineData("./overlay2")]
    [InlineData("overlay2/")]
    [InlineData("")]
    public void A_record_with_odd_paths_is_refused(string path) => Assert.Throws<System.Text.Json.JsonException>(() =>
        RecordedFileTree.Parse(Encoding.UTF8.GetBytes($"{{\"root\":\"/r\",\"entries\":[{{\"path\":\"{path}\",\"type\":\"dir\"}}]}}")));

    [Fact]
    public void Deep_json_is_refused()
    {
        string deep = new StringBuilder().Insert(0, "{\"State\":", 100_000).ToString();
        using TemporaryTree tree = new TemporaryTree().WithFile($"docker/containers/{Id}/config.v2.json", deep);

        Assert.Equal(StoreProblemReason.Malformed, Assert.Single(Read(tree).Containers).Problem?.Reason);
    }

    [Fact]
    public void Names_that_are_not_text_survive()
    {
        using TemporaryTree tree = new TemporaryTree().WithByteName("docker/overlay2/l", [0xff, 0xfe]);

        Assert.Equal([0xff, 0xfe], Assert.Single(Read(tree).ShortLinks).Name.Span.ToArray());
    }

    [Fact]
    public void More_entries_than_the_limit_are_a_problem_and_the_first_ones_are_kept()
    {
        var tree = new TemporaryTree();
        using (tree)
        {
            for (int i = 0; i < 20; i++)
                tree.WithLink($"docker/overlay2/l/{i}", $"../{i}/diff");

            DockerClassicStore store = Read(tree, options: new StoreReadOptions { MaxDirectoryEntries = 10 });

            Assert.Equal(10, store.ShortLinks.Count);
            Assert.Contains(store.Problems, problem => problem.Reason == StoreProblemReason.TooMany);
        }
    }

    [Fact]
    public void The_files_kept_together_are_bounded()
    {
        var tree = new TemporaryTree();
        using (tree)
        {
            for (int i = 0; i < 20; i++)
                tree.WithFile($"docker/overlay2/{i}/link", new string('x', 1000));

            DockerClassicStore store = Read(tree, options: new StoreReadOptions { MaxTotalLength = 10_000 });

            Assert.Equal(10, store.Layers.Count(layer => layer.Link.State == StoreFileState.Present));
            Assert.Equal(10, store.Layers.Count(layer => layer.Link.Problem?.Reason == StoreProblemReason.TooLarge));
        }
    }

    private static DockerClassicStore Read(TemporaryTree tree, bool avoidOpenAt2 = false, StoreReadOptions? options = null)
    {
        BytePath root = tree.Path.Combine(BytePath.FromText("docker"));
        Assert.True(LiveFileTree.TryOpen(BytePath.Root, root, out LiveFileTree? files, out _, avoidOpenAt2));
        using (files)
            return DockerClassicStore.Read(files, root, options ?? StoreReadOptions.Default, Cancellation);
    }
}
