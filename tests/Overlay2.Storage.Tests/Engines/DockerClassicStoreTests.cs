using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Tests.Engines;

public sealed class DockerClassicStoreTests
{
    public static TheoryData<string> AllStates => DockerRootCorpus.AllStates;

    private static string[] CoveredStates { get; } = ["shadow-foreign-fs", "shadow-foreign-fs-after-rm", "shadow-twice"];

    [Fact]
    public void The_corpus_is_there() => Assert.Equal(32, DockerRootCorpus.States.Count());

    [Fact]
    public void A_healthy_store_is_read_in_full()
    {
        DockerClassicStore store = DockerRootCorpus.Read("healthy-running");

        Assert.Empty(store.Problems);
        Assert.Equal("/var/lib/docker/overlay2", store.DriverHome.ToString());
        Assert.Equal(StoreEntryType.Directory, store.Home.Type);
        Assert.Equal(7, store.Layers.Count);
        Assert.Equal(7, store.ShortLinks.Count);
        Assert.Equal(3, store.ImageLayers.Count);
        Assert.Equal(["c1", "c2"], store.Containers.Select(container => container.Name).Order(StringComparer.Ordinal));
        Assert.All(store.Containers, container =>
        {
            Assert.True(container.IsRunning);
            Assert.InRange(container.ProcessId, 31000, 31999);
            Assert.Equal("app:1", container.ImageReference);
            Assert.Equal("overlay2", container.Driver);
            Assert.Equal("no", container.RestartPolicy);
            Assert.Null(container.Problem);
        });
        Assert.All(store.Layers, layer =>
        {
            Assert.Equal(StoreEntryType.Directory, layer.Diff);
            Assert.True(layer.TryGetShortName(out ByteString name));
            Assert.True(store.TryGetShortLink(name, out OverlayDriverShortLink? link));
            Assert.True(link.TryGetLayerId(out ByteString id));
            Assert.Equal(layer.Id, id);
            Assert.Equal(layer, Assert.Single(store.GetLayersOfShortName(name)));
            Assert.Equal(WorkDirectoryContent.Empty, layer.WorkContent);
        });
        Assert.Equal(2, store.Layers.Count(layer => layer.Merged == StoreEntryType.Directory));
    }

    [Fact]
    public void Chain_ids_of_images_are_those_of_the_layer_database()
    {
        DockerClassicStore store = DockerRootCorpus.Read("healthy-running");

        Assert.Equal(4, store.Images.Count);
        Assert.All(store.Images, image => Assert.All(image.ChainIds, chain => Assert.True(store.TryGetImageLayer(chain, out _))));
        Assert.Equal(["app:1"], store.Images.Single(image => image.References.Contains("app:1")).References);
        Assert.Equal(3, store.Images.Single(image => image.References.Contains("app:1")).ChainIds.Count);
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public void A_lower_chain_is_the_parent_chain_of_the_layer_database(string state)
    {
        // Holds wherever neither side is the state's fault: a layer's lower names as many layers as the database says there are below it.
        DockerClassicStore store = DockerRootCorpus.Read(state);
        foreach (DockerImageLayer imageLayer in store.ImageLayers)
        {
            if (!store.TryGetLayer(imageLayer.CacheId.Content, out OverlayDriverLayer? layer))
                continue;
            int depth = 0;
            for (DockerImageLayer? below = imageLayer; store.TryGetImageLayer(below.Parent.Content, out below);)
                depth++;
            Assert.Equal(depth, layer.GetLowerElements().Count);
        }
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public void No_state_makes_the_reader_fail(string state)
    {
        DockerClassicStore store = DockerRootCorpus.Read(state);

        Assert.Empty(store.ReadProblems);
        Assert.Equal(3, store.ImageLayers.Count);
        Assert.Equal(CoveredStates.Contains(state), store.Layers.Count == 0);
        if (store.Layers.Count == 0)
            Assert.Equal(["lost+found"], store.OtherEntries.Select(name => name.ToString()));
    }

    [Theory]
    [InlineData("orphan-layers", "4a787a88 4a787a88-init 7a14a63e 7a14a63e-init")]
    [InlineData("orphans-with-leaked-mounts", "4a787a88 4a787a88-init 7a14a63e 7a14a63e-init")]
    [InlineData("orphan-init-after-failed-create", "5cb4e224-init")]
    [InlineData("layerdb-missing-mount-id", "3bfb8f43")]
    [InlineData("healthy-stopped", "")]
    [InlineData("missing-lower-layer-dir", "")]
    public void Unreferenced_layers_are_those_no_record_leads_to(string state, string expected)
    {
        ILayerStore store = DockerRootCorpus.Read(state);

        IEnumerable<string> found = store.FindUnreferencedLayers().Select(layer => layer.Id.ToString()[..8] + (layer.Id.Length > 64 ? "-init" : ""));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("layerdb-missing-mount-id", "mount-id")]
    [InlineData("layerdb-missing-cache-id", "cache-id")]
    public void A_lost_id_leaves_the_references_incomplete(string state, string file)
    {
        DockerClassicStore store = DockerRootCorpus.Read(state);

        StoreProblem problem = Assert.Single(store.ReferenceProblems);
        Assert.Equal(file, problem.Path.FileName.ToString());
        Assert.Equal(StoreProblemReason.NotFound, problem.Reason);
        Assert.All(DockerRootCorpus.States.Except(["layerdb-missing-mount-id", "layerdb-missing-cache-id"]), other =>
            Assert.Empty(DockerRootCorpus.Read(other).ReferenceProblems));
    }

    [Fact]
    public void Files_are_told_apart_as_missing_empty_and_present()
    {
        Assert.Single(DockerRootCorpus.Read("empty-link-file").Layers, layer => layer.Link.IsEmpty);
        Assert.Single(DockerRootCorpus.Read("missing-link-file").Layers, layer => layer.Link.State == StoreFileState.Missing);
        Assert.Single(DockerRootCorpus.Read("lower-file-empty").Layers, layer => layer.Lower.IsEmpty);
        Assert.Equal([default], DockerRootCorpus.Read("lower-file-empty").Layers.Single(layer => layer.Lower.IsEmpty).GetLowerElements());
        Assert.Equal(2, DockerRootCorpus.Read("lower-file-missing").Layers.Count(layer => layer.Lower.State == StoreFileState.Missing));
        Assert.Contains(DockerRootCorpus.Text("l"), DockerRootCorpus.Read("empty-link-file-new-container-running").Layers.SelectMany(layer => layer.GetLowerElements()));
    }

    [Theory]
    [InlineData("workdir-volatile-marker", 0, 0, true)]
    [InlineData("workdir-stale-temporaries", 3, 1, false)]
    [InlineData("workdir-uncleanable", 4, 4, false)]
    public void Leftovers_of_the_work_directory_are_measured(string state, int leftovers, int depth, bool isVolatile)
    {
        OverlayDriverLayer layer = Assert.Single(DockerRootCorpus.Read(state).Layers, layer => layer.WorkContent != WorkDirectoryContent.Empty);

        Assert.Equal(new WorkDirectoryContent { Leftovers = leftovers, Depth = depth, HasVolatileMarker = isVolatile }, layer.WorkContent);
    }

    [Fact]
    public void A_removal_that_failed_is_seen_in_the_container()
    {
        DockerContainer container = Assert.Single(DockerRootCorpus.Read("immutable-file-blocks-removal").Containers);

        Assert.True(container.IsDead);
        Assert.True(container.IsRemovalInProgress);
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public void On_disk_and_recorded_are_read_alike(string state)
    {
        using TemporaryTree tree = new TemporaryTree().WithRecorded(DockerRootCorpus.ReadTree(state));
        DockerClassicStore recorded = DockerRootCorpus.Read(state);
        var options = new StoreReadOptions { HostRoot = tree.Path };
        Directory.CreateDirectory(tree["var/lib"]);
        Directory.CreateSymbolicLink(tree["var/lib/docker"], "/");

        DockerClassicStore live = DockerClassicStore.Read(BytePath.FromText("/var/lib/docker"), options, TestContext.Current.CancellationToken);

        Assert.All(live.Layers, layer => Assert.NotNull(layer.ModifiedAt));
        Assert.Equal(live.Layers.Count, live.Layers.Select(layer => layer.Inode!.Value).Distinct().Count());
        Assert.Equal(live.Layers.Count > 0 || live.Home.Type == StoreEntryType.Directory, live.Home.Inode is not null);
        Assert.Equal(Describe(recorded), Describe(live));
    }

    [Fact]
    public void A_store_survives_json()
    {
        DockerClassicStore store = DockerRootCorpus.Read("layerdb-missing-cache-id");

        DockerClassicStore again = JsonSerializer.Deserialize<DockerClassicStore>(JsonSerializer.Serialize(store))!;

        Assert.Equal(Describe(store), Describe(again));
        Assert.Equal(store.References, again.References);
        Assert.Equal(store.ReferenceProblems, again.ReferenceProblems);
    }

    [Fact]
    public void A_root_that_is_not_there_is_a_problem_and_not_an_exception()
    {
        DockerClassicStore store = DockerClassicStore.Read(BytePath.FromText("/no/such/root"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(StoreEntryType.Missing, store.Home.Type);
        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(store.Problems).Reason);
        Assert.Throws<ArgumentException>(() => DockerClassicStore.Read(BytePath.FromText("relative"), cancellationToken: TestContext.Current.CancellationToken));
    }

    /// <summary>Everything of a store except what a record does not hold.</summary>
    private static string Describe(DockerClassicStore store) => JsonSerializer.Serialize(new DockerClassicStore
    {
        DataRoot = store.DataRoot,
        Home = new DriverHomeStatus { Type = store.Home.Type },
        Layers = [.. store.Layers.Select(layer => layer with { ModifiedAt = null, Inode = null, WorkContent = layer.WorkContent with { VolatileMarkedAt = null } })],
        OtherEntries = store.OtherEntries,
        ShortLinkDirectory = store.ShortLinkDirectory,
        ShortLinks = store.ShortLinks,
        ImageLayers = store.ImageLayers,
        ContainerLayers = store.ContainerLayers,
        Containers = store.Containers,
        Images = store.Images,
        BuildCache = store.BuildCache,
        ReadProblems = store.ReadProblems,
    });
}
