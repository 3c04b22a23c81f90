using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>The references of a store of containers/storage, sound and with one thing damaged.</summary>
public sealed class ContainersRecordReferenceTests
{
    private const string Root = "var/lib/containers/storage";
    private const string Layers = Root + "/overlay-layers/layers.json";
    private const string Images = Root + "/overlay-images/images.json";
    private const string Containers = Root + "/overlay-containers/containers.json";

    private static readonly string s_nothing = new('9', 64);

    /// <summary>What is done to the store, whether there are other stores, and what is not resolved then.</summary>
    private static readonly Dictionary<string, (Action<TemporaryTree> Damage, bool HasOthers, string[] Expected)> s_cases = new(StringComparer.Ordinal)
    {
        ["nothing"] = (_ => { }, false, []),
        ["container without its layer's record"] = (tree => Replace(tree, Containers, ContainersTree.Writable, s_nothing), false, ["Container -> LayerRecord: Dangling NoSuchRecord"]),
        ["the same, which no other store can have"] = (tree => Replace(tree, Containers, ContainersTree.Writable, s_nothing), true, ["Container -> LayerRecord: Dangling NoSuchRecord"]),
        ["container without a layer"] = (tree => Replace(tree, Containers, ContainersTree.Writable, ""), false, ["Container -> LayerRecord: Dangling EmptyRecord"]),
        ["container with a layer of another type"] = (tree => Replace(tree, Containers, $"\"{ContainersTree.Writable}\"", "[]"), false, ["Container -> LayerRecord: NotKnown Unreadable"]),
        ["container without its image"] = (tree => Replace(tree, Containers, ContainersTree.Image, s_nothing), false, ["Container -> Image: Dangling NoSuchRecord"]),
        ["container with an image that may be elsewhere"] = (tree => Replace(tree, Containers, ContainersTree.Image, s_nothing), true, ["Container -> Image: NotKnown InAnotherStore"]),
        ["container made without an image"] = (tree => Replace(tree, Containers, ContainersTree.Image, ""), false, []),
        ["images malformed"] = (tree => tree.WithFile(Images, "["), false, ["Container -> Image: NotKnown Unreadable"]),
        ["images missing"] = (tree => File.Delete(tree[Images]), false, ["Container -> Image: Dangling NoSuchRecord"]),
        ["image without its layer"] = (tree => Replace(tree, Images, ContainersTree.Top, s_nothing), false, ["Image -> LayerRecord: Dangling NoSuchRecord"]),
        ["image with a layer that may be elsewhere"] = (tree => Replace(tree, Images, ContainersTree.Top, s_nothing), true, ["Image -> LayerRecord: NotKnown InAnotherStore"]),
        ["image with a mapped layer"] = (tree => Replace(tree, Images, "\"layer\"", $"\"mapped-layers\":[\"{ContainersTree.Base}\"],\"layer\""), false, []),
        ["image with a mapped layer that is not there"] = (
            tree => Replace(tree, Images, "\"layer\"", $"\"mapped-layers\":[\"{s_nothing}\"],\"layer\""), false, ["Image -> LayerRecord: Dangling NoSuchRecord"]),
        ["image with an empty mapped layer"] = (tree => Replace(tree, Images, "\"layer\"", "\"mapped-layers\":[\"\"],\"layer\""), false, ["Image -> LayerRecord: Dangling EmptyRecord"]),
        ["layer records malformed"] = (tree => tree.WithFile(Layers, "{"), false, ["Container -> LayerRecord: NotKnown Unreadable", "Image -> LayerRecord: NotKnown Unreadable"]),
        ["layer records missing"] = (tree => File.Delete(tree[Layers]), false, ["Container -> LayerRecord: Dangling NoSuchRecord", "Image -> LayerRecord: Dangling NoSuchRecord"]),
        ["parent without a record"] = (tree => Replace(tree, Layers, $"\"parent\":\"{ContainersTree.Base}\"", $"\"parent\":\"{s_nothing}\""), false, ["LayerRecord -> LayerRecord: Dangling NoSuchRecord"]),
        ["parent that may be elsewhere"] = (tree => Replace(tree, Layers, $"\"parent\":\"{ContainersTree.Base}\"", $"\"parent\":\"{s_nothing}\""), true, ["LayerRecord -> LayerRecord: NotKnown InAnotherStore"]),
        ["record without a directory"] = (tree => Replace(tree, Layers, "[", $$"""[{"id":"{{s_nothing}}"},"""), false, ["LayerRecord -> Layer: Dangling NoSuchDirectory"]),
        ["record that is a path"] = (tree => Replace(tree, Layers, "[", """[{"id":"../x"},"""), false, ["LayerRecord -> Layer: Dangling MalformedRecord"]),
        ["unfinished record without a directory"] = (tree => Replace(tree, Layers, "[", $$$"""[{"id":"{{{s_nothing}}}","flags":{"incomplete":true}},"""), false, ["LayerRecord -> Layer: NotKnown Unfinished"]),
        ["directories not readable"] = (tree => tree.Without($"{Root}/overlay").WithLink($"{Root}/overlay", "/etc"), false, ["LayerRecord -> Layer: NotKnown Unreadable"]),
        ["short link removed"] = (
            tree => tree.Without($"{Root}/overlay/l/{ContainersTree.Name(ContainersTree.Base)}"), false, ["Layer -> ShortLink: Dangling NoSuchEntry", "LowerElement -> ShortLink: Dangling NoSuchEntry"]),
        ["a layer below that may be elsewhere"] = (
            tree => tree.WithFile($"{Root}/overlay/{ContainersTree.Top}/lower", $"l/{new string('Z', 26)}"), true, ["LowerElement -> ShortLink: NotKnown InAnotherStore"]),
        ["lower missing"] = (tree => File.Delete(tree[$"{Root}/overlay/{ContainersTree.Top}/lower"]), false, ["LowerElement -> ShortLink: Dangling NoSuchEntry"]),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_damaged_dangles_and_nothing_else(string name)
    {
        (Action<TemporaryTree> damage, bool hasOthers, string[] expected) = s_cases[name];
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        damage(tree);

        ContainersStorageStore store = ContainersTree.Read(tree, Root, hasOthers ? ["/srv/images"] : []);

        Assert.Equal(expected, RecordReferenceText.Unresolved(store));
        Assert.All(store.RecordReferences, reference => Assert.StartsWith($"/{Root}/overlay", reference.Source.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_kind_of_reference_of_a_sound_store_is_told()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Equal(
            [
                "Container -> Image", "Container -> LayerRecord", "ContainerName -> Container", "Image -> LayerRecord", "Layer -> ShortLink", "LayerRecord -> Layer",
                "LayerRecord -> LayerRecord", "LowerElement -> ShortLink", "Repository -> Image", "ShortLink -> Layer",
            ],
            RecordReferenceText.Kinds(store));
        Assert.Equal("localhost/app:1", store.RecordReferences.Single(reference => reference.From.Kind == RecordKind.Repository).From.Id.ToString());
        Assert.Equal("c1", store.RecordReferences.Single(reference => reference.From.Kind == RecordKind.ContainerName).From.Id.ToString());
    }

    [Fact]
    public void The_source_is_the_file_that_holds_the_record()
    {
        string id = new('f', 64);
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root)
            .WithFile($"{Root}/overlay-layers/volatile-layers.json", $$"""[{"id":"{{id}}","parent":"{{s_nothing}}"}]""")
            .WithFile($"{Root}/overlay-containers/volatile-containers.json", $$"""[{"id":"v","layer":"{{s_nothing}}"}]""");
        ContainersStorageStore store = ContainersTree.Read(tree, Root);

        Assert.Equal(
            [$"/{Root}/overlay-containers/volatile-containers.json", $"/{Root}/overlay-layers/volatile-layers.json", $"/{Root}/overlay-layers/volatile-layers.json"],
            store.RecordReferences.Where(reference => reference.IsDangling).Select(reference => reference.Source.ToString()).Order(StringComparer.Ordinal));
    }

    private static void Replace(TemporaryTree tree, string file, string before, string after)
    {
        string text = File.ReadAllText(tree[file]);
        int place = text.IndexOf(before, StringComparison.Ordinal);
        Assert.NotEqual(-1, place);
        tree.WithFile(file, text[..place] + after + text[(place + before.Length)..]);
    }
}
