using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;

namespace Overlay2.Storage.Tests.Engines;

public sealed class ContainersStorageStoreTests
{
    private const string Root = "var/lib/containers/storage";

    [Fact]
    public void Records_and_directories_are_read()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Empty(store.Problems);
        Assert.Equal("/var/lib/containers/storage/overlay", store.DriverHome.ToString());
        Assert.Equal([ContainersTree.Base, ContainersTree.Top, ContainersTree.Writable], store.Layers.Select(layer => layer.Id.ToString()));
        Assert.Equal(["", ContainersTree.Base, ContainersTree.Top], store.LayerRecords.Select(record => record.Parent.ToString()));
        ContainersContainer container = Assert.Single(store.Containers);
        Assert.Equal(("c1", ContainersTree.Writable, ContainersTree.Image), (container.Name, container.LayerId.ToString(), container.ImageId.ToString()));
        Assert.Equal(["localhost/app:1"], Assert.Single(store.Images).Names);
        Assert.Equal([".has-mount-program"], store.OtherEntries.Select(name => name.ToString()));
        Assert.Equal([LayerReferenceKind.ImageLayer, LayerReferenceKind.ImageLayer, LayerReferenceKind.ContainerLayer], store.References.Select(reference => reference.Kind));
        Assert.Empty(((ILayerStore)store).FindUnreferencedLayers());
    }

    [Fact]
    public void What_a_file_should_hold_follows_from_the_records()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        tree.WithFile($"{Root}/overlay/{ContainersTree.Writable}/lower", "").WithFile($"{Root}/overlay/{ContainersTree.Top}/link", "");
        File.Delete(tree[$"{Root}/overlay/l/{ContainersTree.Name(ContainersTree.Base)}"]);
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Equal(ContainersTree.Name(ContainersTree.Top), store.GetExpectedLink(ByteString.FromText(ContainersTree.Top)).Value.ToString());
        Assert.Equal($"../{ContainersTree.Base}/diff", store.GetExpectedShortLinkTarget(ByteString.FromText(ContainersTree.Name(ContainersTree.Base))).Value.ToString());
        Assert.Equal(
            $"l/{ContainersTree.Name(ContainersTree.Top)}:l/{ContainersTree.Name(ContainersTree.Base)}",
            store.GetExpectedLower(ByteString.FromText(ContainersTree.Writable)).Value.ToString());
        Assert.Equal(ExpectedValueStatus.None, store.GetExpectedLower(ByteString.FromText(ContainersTree.Base)).Status);
    }

    [Fact]
    public void Volatile_and_unfinished_records_are_told_apart()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root)
            .WithFile($"{Root}/overlay-layers/volatile-layers.json", $$"""[{"id":"{{new string('f', 64)}}","parent":"{{ContainersTree.Top}}","flags":{"incomplete":true } }]""")
            .WithFile($"{Root}/overlay-containers/volatile-containers.json", """[{"id":"v","names":null,"layer":""}]""");
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Empty(store.Problems);
        Assert.True(store.LayerRecords[^1] is { IsVolatile: true, IsIncomplete: true });
        Assert.Equal(LayerReferenceKind.Unfinished, store.References[^1].Kind);
        Assert.Equal(2, store.Containers.Count);
    }

    [Theory]
    [InlineData("overlay-layers/layers.json", "[{\"id\":")]
    [InlineData("overlay-layers/layers.json", "{}")]
    [InlineData("overlay-layers/layers.json", "[1]")]
    [InlineData("overlay-layers/layers.json", "[{\"id\":5}]")]
    [InlineData("overlay-containers/containers.json", "[{\"id\":\"x\",\"layer\":[]}]")]
    [InlineData("overlay-images/images.json", "")]
    public void Damaged_records_are_a_problem_and_nothing_is_called_unused(string file, string content)
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root).WithFile($"{Root}/{file}", content);
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Equal($"/{Root}/{file}", Assert.Single(store.ReferenceProblems).Path.ToString());
        Assert.Equal(StoreProblemReason.Malformed, store.ReferenceProblems[0].Reason);
    }

    [Fact]
    public void Layers_without_any_records_are_a_problem()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        File.Delete(tree[$"{Root}/overlay-layers/layers.json"]);

        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(ContainersTree.Read(tree, Root).ReferenceProblems).Reason);
    }

    [Fact]
    public void Records_that_are_links_or_pipes_are_not_read()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        File.Delete(tree[$"{Root}/overlay-layers/layers.json"]);
        File.Delete(tree[$"{Root}/overlay-images/images.json"]);
        tree.WithLink($"{Root}/overlay-layers/layers.json", "/etc/passwd").WithFifo($"{Root}/overlay-images/images.json");

        Assert.Equal(
            [StoreProblemReason.SymbolicLink, StoreProblemReason.WrongType],
            ContainersTree.Read(tree, Root).ReferenceProblems.Select(problem => problem.Reason));
    }

    [Fact]
    public void There_may_be_no_store()
    {
        using TemporaryTree tree = new();
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Equal(StoreEntryType.Missing, store.Home.Type);
        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(store.Problems).Reason);
    }
}
