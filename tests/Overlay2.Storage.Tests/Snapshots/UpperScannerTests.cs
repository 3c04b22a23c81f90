using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class UpperScannerTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_renamed_directory_of_the_recorded_state_is_found()
    {
        UpperScan scan = Assert.Single(Scan(RecordedFileTree.Parse(DockerRootCorpus.ReadTree("redirect-xattr-in-upper")), all: true), found => !found.Marks.IsEmpty);

        UpperMark mark = Assert.Single(scan.Marks);
        Assert.Equal(("data/d9", UpperMarkKind.Redirect), (mark.Path.ToString(), mark.Kind));
        Assert.False(mark.Value.IsEmpty);
        Assert.True(scan.IsComplete);
        Assert.EndsWith("/diff", scan.Directory.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unasked_only_layers_of_containers_whose_removal_did_not_end_are_scanned()
    {
        Assert.Empty(Scan(RecordedFileTree.Parse(DockerRootCorpus.ReadTree("redirect-xattr-in-upper")), all: false));
        Assert.Single(Scan(RecordedFileTree.Parse(DockerRootCorpus.ReadTree("immutable-file-blocks-removal")), all: false));
    }

    [Fact]
    public void An_attribute_without_a_value_is_found_and_a_limit_ends_the_scan()
    {
        string files = string.Join(',', Enumerable.Range(0, 20).Select(number => $$"""{ "path":"overlay2/{{Id}}/diff/f{{number}}","type":"file","size":1,"xattrs":{"user.overlay.metacopy":""} }"""));
        RecordedFileTree tree = RecordedFileTree.Parse(Encoding.UTF8.GetBytes($$"""
            {"root":"/r","entries":[{"path":"overlay2","type":"dir"},{"path":"overlay2/{{Id}}","type":"dir"},{"path":"overlay2/{{Id}}/diff","type":"dir"},{{files}},
            {"path":"image","type":"dir"},{"path":"image/overlay2","type":"dir"},{"path":"image/overlay2/layerdb","type":"dir"},{"path":"image/overlay2/layerdb/mounts","type":"dir"},
            {"path":"image/overlay2/layerdb/mounts/{{Id}}","type":"dir"},{"path":"image/overlay2/layerdb/mounts/{{Id}}/mount-id","type":"file","text":"{{Id}}"}]}
            """));

        UpperScan whole = Assert.Single(Scan(tree, all: true));
        Assert.Equal(20, whole.Marks.Count(mark => mark.Kind == UpperMarkKind.Metacopy && mark.Value.IsEmpty));
        Assert.True(whole.IsComplete);
        UpperScan part = Assert.Single(Scan(tree, all: true, maxEntries: 5));
        Assert.Equal(5, part.Marks.Length);
        Assert.False(part.IsComplete);
    }

    [Fact]
    public void Links_of_a_layer_are_not_followed()
    {
        using TemporaryTree files = new TemporaryTree()
            .WithLink($"overlay2/{Id}/diff/loop", ".")
            .WithLink($"overlay2/{Id}/diff/etc", "/etc")
            .WithFifo($"overlay2/{Id}/diff/fifo")
            .WithFile($"image/overlay2/layerdb/mounts/{Id}/mount-id", Id);
        Assert.True(LiveFileTree.TryOpen(BytePath.Root, files.Path, out LiveFileTree? tree, out _));
        using (tree)
        {
            UpperScan scan = Assert.Single(Scan(tree, all: true));
            Assert.Empty(scan.Marks);
            Assert.True(scan.IsComplete);
        }
    }

    private static ImmutableArray<UpperScan> Scan(IFileTree tree, bool all, int maxEntries = 1000)
    {
        var store = DockerClassicStore.Read(tree, BytePath.FromText("/var/lib/docker"), StoreReadOptions.Default, TestContext.Current.CancellationToken);
        return new UpperScanner(tree, maxEntries, TestContext.Current.CancellationToken).Scan(store, all);
    }
}
