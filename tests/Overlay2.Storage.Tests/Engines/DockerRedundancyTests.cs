using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Tests.Engines;

public sealed class DockerRedundancyTests
{
    /// <summary>States in which every layer's own files are whole: what is computed must be what is there.</summary>
    public static TheoryData<string> SoundStates { get; } = new(
        "healthy-running", "healthy-stopped", "double-mount-on-merged", "engine-killed", "merged-unmounted-under-running-container",
        "workdir-volatile-marker", "redirect-xattr-in-upper", "shadow-self-bind");

    [Theory]
    [MemberData(nameof(SoundStates))]
    public void Each_place_is_computed_from_the_others(string state)
    {
        DockerClassicStore store = DockerRootCorpus.Read(state);
        foreach (OverlayDriverLayer layer in store.Layers)
        {
            ExpectedValue link = store.GetExpectedLink(layer.Id);
            Assert.Equal((ExpectedValueStatus.Known, layer.Link.Content), (link.Status, link.Value));
            ExpectedValue lower = store.GetExpectedLower(layer.Id);
            Assert.Equal(layer.Lower.State == StoreFileState.Missing ? ExpectedValueStatus.None : ExpectedValueStatus.Known, lower.Status);
            Assert.Equal(layer.Lower.Content, lower.Value);
            ExpectedValue target = store.GetExpectedShortLinkTarget(layer.Link.Content);
            Assert.Equal((ExpectedValueStatus.Known, $"../{layer.Id}/diff"), (target.Status, target.Value.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(SoundStates))]
    public void Each_place_is_computed_although_another_one_is_lost(string state)
    {
        DockerClassicStore whole = DockerRootCorpus.Read(state);
        DockerClassicStore withoutLinkFiles = Change(whole, layer => layer with { Link = StoreFile.Missing });
        DockerClassicStore withoutShortLinks = new()
        {
            DataRoot = whole.DataRoot, Layers = whole.Layers, ImageLayers = whole.ImageLayers, ContainerLayers = whole.ContainerLayers,
        };
        foreach (OverlayDriverLayer layer in whole.Layers)
        {
            // The directory of short links or the lowers above replace link files.
            Assert.Equal(layer.Link.Content, withoutLinkFiles.GetExpectedLink(layer.Id).Value);
            Assert.Equal(layer.Lower.Content, withoutLinkFiles.GetExpectedLower(layer.Id).Value);
            Assert.Equal(layer.Lower.Content, withoutShortLinks.GetExpectedLower(layer.Id).Value);
            Assert.Equal($"../{layer.Id}/diff", withoutShortLinks.GetExpectedShortLinkTarget(layer.Link.Content).Value.ToString());

            // A layer with one above it needs neither: the position in that one's lower is enough.
            bool hasLayerAbove = whole.Layers.Any(above => above.GetLowerElements().Contains(OverlayDriverNames.LowerElement(layer.Link.Content)));
            DockerClassicStore withoutBoth = Change(withoutShortLinks, other => other.Id == layer.Id ? other with { Link = StoreFile.Missing } : other);
            Assert.Equal(hasLayerAbove ? ExpectedValueStatus.Known : ExpectedValueStatus.Unknown, withoutBoth.GetExpectedLink(layer.Id).Status);
            Assert.Equal(hasLayerAbove ? layer.Link.Content : default, withoutBoth.GetExpectedLink(layer.Id).Value);
        }
    }

    [Theory]
    [InlineData("empty-link-file", "CTH5PNAO5OITBPAQLNVTIL4G5S")]
    [InlineData("missing-link-file", "CTH5PNAO5OITBPAQLNVTIL4G5S")]
    public void A_lost_link_file_is_computed(string state, string expected)
    {
        DockerClassicStore store = DockerRootCorpus.Read(state);
        OverlayDriverLayer layer = store.Layers.Single(layer => !layer.TryGetShortName(out _));

        ExpectedValue link = store.GetExpectedLink(layer.Id);

        Assert.Equal((ExpectedValueStatus.Known, expected), (link.Status, link.Value.ToString()));
        Assert.Contains(link.Evidence, path => path.FileName.ToString() == "lower");
        Assert.Contains(link.Evidence, path => path.FileName.ToString() == expected);
    }

    [Theory]
    [InlineData("lower-file-empty")]
    [InlineData("lower-file-missing")]
    [InlineData("empty-link-file-new-container-running")]
    public void A_lost_or_wrong_lower_file_is_computed(string state)
    {
        DockerClassicStore store = DockerRootCorpus.Read(state);
        List<OverlayDriverLayer> wrong = [.. store.Layers.Where(layer => store.GetExpectedLower(layer.Id) is var expected
            && (expected.Status == ExpectedValueStatus.Known) != (layer.Lower.State == StoreFileState.Present) | layer.Lower.Content != expected.Value)];

        Assert.NotEmpty(wrong);
        Assert.All(wrong, layer =>
        {
            ExpectedValue lower = store.GetExpectedLower(layer.Id);
            Assert.Equal(ExpectedValueStatus.Known, lower.Status);
            Assert.EndsWith("l/CTH5PNAO5OITBPAQLNVTIL4G5S:l/CV4YRE4Q5YJNY433WR27AE6G6F:l/PR4FOKJ5HDQDB7S7TWKLY2GN74", lower.Value.ToString(), StringComparison.Ordinal);
            Assert.All(lower.Value.ToString().Split(':'), element => Assert.True(store.TryGetShortLink(DockerRootCorpus.Text(element[2..]), out _)));
        });
    }

    [Fact]
    public void A_short_link_to_the_wrong_layer_is_told_by_the_other_places()
    {
        DockerClassicStore store = DockerRootCorpus.Read("l-symlink-to-wrong-layer");
        OverlayDriverShortLink wrong = Assert.Single(store.ShortLinks, link => store.GetExpectedShortLinkTarget(link.Name).Value != link.Target.Bytes);

        ExpectedValue target = store.GetExpectedShortLinkTarget(wrong.Name);

        Assert.Equal(ExpectedValueStatus.Known, target.Status);
        Assert.Equal(wrong.Name, store.Layers.Single(layer => target.Value.ToString() == $"../{layer.Id}/diff").Link.Content);
        Assert.All(store.Layers, layer => Assert.Equal(layer.Link.Content, layer.Link.Content == wrong.Name ? wrong.Name : store.GetExpectedLink(layer.Id).Value));
    }

    [Fact]
    public void A_lost_cache_id_is_computed()
    {
        DockerClassicStore store = DockerRootCorpus.Read("layerdb-missing-cache-id");
        DockerImageLayer lost = store.ImageLayers.Single(layer => layer.CacheId.State == StoreFileState.Missing);

        ExpectedValue id = store.GetExpectedCacheId(lost.ChainId);

        Assert.Equal(ExpectedValueStatus.Known, id.Status);
        Assert.True(store.TryGetLayer(id.Value, out OverlayDriverLayer? layer));
        Assert.Equal("CTH5PNAO5OITBPAQLNVTIL4G5S", layer.Link.Content.ToString());
    }

    [Fact]
    public void Every_lost_cache_id_of_a_healthy_store_is_computed()
    {
        DockerClassicStore whole = DockerRootCorpus.Read("healthy-stopped");
        foreach (DockerImageLayer lost in whole.ImageLayers)
        {
            DockerClassicStore store = new()
            {
                DataRoot = whole.DataRoot, Layers = whole.Layers, ShortLinks = whole.ShortLinks, ContainerLayers = whole.ContainerLayers,
                ImageLayers = [.. whole.ImageLayers.Select(layer => layer == lost ? layer with { CacheId = StoreFile.Missing } : layer)],
            };

            Assert.Equal(lost.CacheId.Content, store.GetExpectedCacheId(lost.ChainId).Value);
        }
    }

    [Fact]
    public void A_lost_mount_id_is_computed()
    {
        DockerClassicStore store = DockerRootCorpus.Read("layerdb-missing-mount-id");

        ExpectedValue id = store.GetExpectedMountId(Assert.Single(store.ContainerLayers).ContainerId);

        Assert.Equal(ExpectedValueStatus.Known, id.Status);
        Assert.StartsWith("3bfb8f43", id.Value.ToString(), StringComparison.Ordinal);
        Assert.Equal(64, id.Value.Length);
    }

    [Fact]
    public void Layers_that_contradict_each_other_give_no_value()
    {
        DockerClassicStore whole = DockerRootCorpus.Read("healthy-stopped");
        ByteString other = DockerRootCorpus.Text("l/ABCDEFGHIJKLMNOPQRSTUVWXY2");
        OverlayDriverLayer changed = whole.Layers.First(layer => layer.GetLowerElements().Count == 4);
        string lower = string.Join(':', changed.GetLowerElements().Select((element, i) => i == 3 ? other : element));

        DockerClassicStore store = Change(whole, layer => layer.Id == changed.Id ? layer with { Lower = StoreFile.Of(DockerRootCorpus.Text(lower)) } : layer);
        OverlayDriverLayer lowest = store.Layers.Single(layer => layer.Lower.State == StoreFileState.Missing);

        Assert.Equal(ExpectedValueStatus.Contradictory, store.GetExpectedLink(lowest.Id).Status);
        Assert.Equal(2, store.GetExpectedLink(lowest.Id).Candidates.Count);
    }

    [Fact]
    public void A_chain_that_loops_or_breaks_off_gives_no_value()
    {
        DockerClassicStore whole = DockerRootCorpus.Read("healthy-stopped");
        DockerImageLayer lowest = whole.ImageLayers.Single(layer => layer.Parent.State == StoreFileState.Missing);
        foreach (StoreFile parent in new[] { StoreFile.Of(lowest.ChainId), StoreFile.Of(DockerRootCorpus.Text("sha256:none")), StoreFile.Of(default) })
        {
            DockerClassicStore store = new()
            {
                DataRoot = whole.DataRoot, Layers = whole.Layers, ShortLinks = whole.ShortLinks, ContainerLayers = whole.ContainerLayers,
                ImageLayers = [.. whole.ImageLayers.Select(layer => layer == lowest ? layer with { Parent = parent } : layer)],
            };

            Assert.All(store.Layers, layer => Assert.Equal(ExpectedValueStatus.Unknown, store.GetExpectedLower(layer.Id).Status));
        }
    }

    private static DockerClassicStore Change(DockerClassicStore store, Func<OverlayDriverLayer, OverlayDriverLayer> change) => new()
    {
        DataRoot = store.DataRoot,
        Layers = [.. store.Layers.Select(change)],
        ShortLinks = store.ShortLinks,
        ImageLayers = store.ImageLayers,
        ContainerLayers = store.ContainerLayers,
    };
}
