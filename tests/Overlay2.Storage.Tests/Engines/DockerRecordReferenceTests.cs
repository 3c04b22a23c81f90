using System.IO.Compression;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>The references of a recorded sound store, and of the same store on disk with one thing damaged.</summary>
public sealed class DockerRecordReferenceTests
{
    private const string LayerDatabase = "image/overlay2/layerdb";
    private const string Images = "image/overlay2/imagedb/content/sha256";
    private const string Nothing = "0000000000000000000000000000000000000000000000000000000000000001";
    private const int TooLarge = 5 << 20;

    private static readonly string[] s_sound =
    [
        "Chain -> Chain", "Chain -> Layer", "Container -> Image", "Container -> MountRecord", "Image -> Chain", "Layer -> ShortLink", "LowerElement -> ShortLink",
        "MountRecord -> Chain", "MountRecord -> Container", "MountRecord -> Layer", "Repository -> Image", "ShortLink -> Layer",
    ];

    /// <summary>What is done to the store, and what is not resolved then.</summary>
    private static readonly Dictionary<string, (Action<TemporaryTree, Parts> Damage, string[] Expected)> s_cases = new(StringComparer.Ordinal)
    {
        ["nothing"] = ((_, _) => { }, []),
        ["image removed"] = ((tree, parts) => File.Delete(tree[parts.Image]), ["Container -> Image: Dangling NoSuchRecord", "Repository -> Image: Dangling NoSuchRecord"]),
        ["image empty"] = ((tree, parts) => tree.WithFile(parts.Image, ""), ["Image -> Chain: Dangling MalformedRecord"]),
        ["image with a layer that is none"] = ((tree, parts) => tree.WithFile(parts.Image, $$$"""{"rootfs":{"diff_ids":["sha256:{{{Nothing}}}"]}}"""), ["Image -> Chain: Dangling NoSuchRecord"]),
        ["image with a diff id of another type"] = ((tree, parts) => tree.WithFile(parts.Image, """{"rootfs":{"diff_ids":[5]}}"""), ["Image -> Chain: Dangling MalformedRecord"]),
        ["image too large"] = ((tree, parts) => tree.WithSparseFile(parts.Image, TooLarge), ["Image -> Chain: NotKnown Unreadable"]),
        ["images not readable"] = (
            (tree, _) => tree.Without(Images).WithLink(Images, "/etc"), ["Container -> Image: NotKnown Unreadable", "Repository -> Image: NotKnown Unreadable"]),
        ["names malformed"] = ((tree, _) => tree.WithFile("image/overlay2/repositories.json", "{"), ["Repository -> Image: NotKnown Unreadable"]),
        ["names missing"] = ((tree, _) => File.Delete(tree["image/overlay2/repositories.json"]), []),
        ["name without an image"] = ((tree, _) => tree.WithFile("image/overlay2/repositories.json", """{"Repositories":{"app":{"app:1":""}}}"""), ["Repository -> Image: Dangling EmptyRecord"]),
        ["top chain removed"] = (
            (tree, parts) => tree.Without(parts.Top), ["Image -> Chain: Dangling NoSuchRecord", "MountRecord -> Chain: Dangling NoSuchRecord"]),
        ["middle chain removed"] = (
            (tree, parts) => tree.Without(parts.Middle), ["Chain -> Chain: Dangling NoSuchRecord", "Image -> Chain: Dangling NoSuchRecord"]),
        ["chains not readable"] = (
            (tree, _) => tree.Without($"{LayerDatabase}/sha256").WithLink($"{LayerDatabase}/sha256", "/etc"), ["Image -> Chain: NotKnown Unreadable", "MountRecord -> Chain: NotKnown Unreadable"]),
        ["chains removed"] = (
            (tree, _) => tree.Without($"{LayerDatabase}/sha256"), ["Image -> Chain: Dangling NoSuchRecord", "MountRecord -> Chain: Dangling NoSuchRecord"]),
        ["layer database not readable"] = (
            (tree, _) => tree.Without(LayerDatabase).WithLink(LayerDatabase, "/etc"), ["Container -> MountRecord: NotKnown Unreadable", "Image -> Chain: NotKnown Unreadable"]),
        ["parent empty"] = ((tree, parts) => tree.WithFile($"{parts.Top}/parent", ""), ["Chain -> Chain: Dangling EmptyRecord"]),
        ["parent missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Top}/parent"]), ["Chain -> Chain: Dangling NoSuchEntry"]),
        ["parent not readable"] = ((tree, parts) => tree.Without($"{parts.Top}/parent").WithFifo($"{parts.Top}/parent"), ["Chain -> Chain: NotKnown Unreadable"]),
        ["parent with a newline"] = ((tree, parts) => File.AppendAllText(tree[$"{parts.Top}/parent"], "\n"), []),
        ["cache-id empty"] = ((tree, parts) => tree.WithFile($"{parts.Top}/cache-id", " \n"), ["Chain -> Layer: Dangling EmptyRecord"]),
        ["cache-id missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Top}/cache-id"]), ["Chain -> Layer: Dangling NoSuchEntry"]),
        ["cache-id of no layer"] = ((tree, parts) => tree.WithFile($"{parts.Top}/cache-id", Nothing), ["Chain -> Layer: Dangling NoSuchDirectory"]),
        ["cache-id is a path"] = ((tree, parts) => tree.WithFile($"{parts.Top}/cache-id", "../overlay2"), ["Chain -> Layer: Dangling MalformedRecord"]),
        ["cache-id not readable"] = ((tree, parts) => tree.WithSparseFile($"{parts.Top}/cache-id", TooLarge), ["Chain -> Layer: NotKnown Unreadable"]),
        ["layer directory removed"] = ((tree, parts) => tree.Without(parts.Layer), ["Chain -> Layer: Dangling NoSuchDirectory", "ShortLink -> Layer: Dangling NoSuchDirectory"]),
        ["layer directory is a link"] = (
            (tree, parts) => tree.Without(parts.Layer).WithLink(parts.Layer, "/etc"), ["Chain -> Layer: NotKnown NotRead", "ShortLink -> Layer: NotKnown NotRead"]),
        ["files of a layer removed"] = ((tree, parts) => tree.Without($"{parts.Layer}/diff"), ["ShortLink -> Layer: Dangling NoSuchDirectory"]),
        ["files of a layer are a file"] = ((tree, parts) => tree.Without($"{parts.Layer}/diff").WithFile($"{parts.Layer}/diff", ""), ["ShortLink -> Layer: Dangling WrongType"]),
        ["driver home not readable"] = (
            (tree, _) => tree.Without("overlay2").WithLink("overlay2", "/etc"), ["Chain -> Layer: NotKnown Unreadable", "MountRecord -> Layer: NotKnown Unreadable"]),
        ["driver home missing"] = ((tree, _) => tree.Without("overlay2"), ["Chain -> Layer: Dangling NoSuchDirectory", "MountRecord -> Layer: Dangling NoSuchDirectory"]),
        ["link missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Layer}/link"]), ["Layer -> ShortLink: Dangling NoSuchEntry"]),
        ["link empty"] = ((tree, parts) => tree.WithFile($"{parts.Layer}/link", ""), ["Layer -> ShortLink: Dangling EmptyRecord"]),
        ["link malformed"] = ((tree, parts) => tree.WithFile($"{parts.Layer}/link", "abc"), ["Layer -> ShortLink: Dangling MalformedRecord"]),
        ["link not readable"] = ((tree, parts) => tree.WithSparseFile($"{parts.Layer}/link", TooLarge), ["Layer -> ShortLink: NotKnown Unreadable"]),
        ["short link removed"] = ((tree, parts) => File.Delete(tree[parts.Link]), ["Layer -> ShortLink: Dangling NoSuchEntry", "LowerElement -> ShortLink: Dangling NoSuchEntry"]),
        ["short links not readable"] = (
            (tree, _) => tree.Without("overlay2/l").WithLink("overlay2/l", "/etc"), ["Layer -> ShortLink: NotKnown Unreadable", "LowerElement -> ShortLink: NotKnown Unreadable"]),
        ["short link to another layer"] = (
            (tree, parts) => tree.Without(parts.Link).WithLink(parts.Link, $"../{Path.GetFileName(parts.OtherLayer)}/diff"), ["Layer -> ShortLink: Dangling LeadsElsewhere", "ShortLink -> Layer: Dangling LeadsElsewhere"]),
        ["short link to no layer"] = (
            (tree, parts) => tree.Without(parts.Link).WithLink(parts.Link, $"../{Nothing}/diff"), ["Layer -> ShortLink: Dangling LeadsElsewhere", "ShortLink -> Layer: Dangling NoSuchDirectory"]),
        ["short link to elsewhere"] = ((tree, parts) => tree.Without(parts.Link).WithLink(parts.Link, "/etc/passwd"), ["ShortLink -> Layer: Dangling MalformedRecord"]),
        ["short link is a file"] = (
            (tree, parts) => tree.Without(parts.Link).WithFile(parts.Link, ""), ["Layer -> ShortLink: Dangling WrongType", "LowerElement -> ShortLink: Dangling WrongType"]),
        ["second link to a layer"] = ((tree, parts) => tree.WithLink("overlay2/l/ABCDEFGHIJKLMNOPQRSTUVWXYZ", $"../{Path.GetFileName(parts.Layer)}/diff"), []),
        ["lower with an empty element"] = ((tree, parts) => File.AppendAllText(tree[$"{parts.Layer}/lower"], ":l/"), ["LowerElement -> ShortLink: Dangling EmptyRecord"]),
        ["lower malformed"] = ((tree, parts) => tree.WithFile($"{parts.Layer}/lower", "/etc"), ["LowerElement -> ShortLink: Dangling MalformedRecord"]),
        ["lower empty"] = ((tree, parts) => tree.WithFile($"{parts.Layer}/lower", ""), ["LowerElement -> ShortLink: Dangling EmptyRecord"]),
        ["lower missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Layer}/lower"]), ["LowerElement -> ShortLink: Dangling NoSuchEntry"]),
        ["lower not readable"] = ((tree, parts) => tree.WithSparseFile($"{parts.Layer}/lower", TooLarge), ["LowerElement -> ShortLink: NotKnown Unreadable"]),
        ["mount-id missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Mount}/mount-id"]), ["MountRecord -> Layer: Dangling NoSuchEntry"]),
        ["init-id of no layer"] = ((tree, parts) => tree.WithFile($"{parts.Mount}/init-id", Nothing + "-init"), ["MountRecord -> Layer: Dangling NoSuchDirectory"]),
        ["mount record's parent empty"] = ((tree, parts) => tree.WithFile($"{parts.Mount}/parent", ""), ["MountRecord -> Chain: Dangling EmptyRecord"]),
        ["mount record of BuildKit's"] = (
            (tree, parts) => tree.WithFile($"{LayerDatabase}/mounts/y580fs27fw841zw60eadqqzlg/mount-id", Path.GetFileName(parts.Layer)), ["MountRecord -> Container: NotKnown NotRead"]),
        ["container removed"] = ((tree, parts) => tree.Without(parts.Container), ["MountRecord -> Container: Dangling NoSuchRecord"]),
        ["containers not readable"] = ((tree, _) => tree.Without("containers").WithFile("containers", ""), ["MountRecord -> Container: NotKnown Unreadable"]),
        ["mount record removed"] = ((tree, parts) => tree.Without(parts.Mount), ["Container -> MountRecord: Dangling NoSuchRecord"]),
        ["configuration missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Container}/config.v2.json"]), ["Container -> Image: Dangling NoSuchEntry"]),
        ["configuration malformed"] = ((tree, parts) => tree.WithFile($"{parts.Container}/config.v2.json", "{"), ["Container -> Image: Dangling MalformedRecord"]),
        ["configuration not readable"] = ((tree, parts) => tree.WithSparseFile($"{parts.Container}/config.v2.json", TooLarge), ["Container -> Image: NotKnown Unreadable"]),
        ["other configuration missing"] = ((tree, parts) => File.Delete(tree[$"{parts.Container}/hostconfig.json"]), []),
        ["container of no image"] = ((tree, parts) => tree.WithFile($"{parts.Container}/config.v2.json", $$"""{"Image":"sha256:{{Nothing}}"}"""), ["Container -> Image: Dangling NoSuchRecord"]),
        ["container of another driver"] = (
            (tree, parts) => tree.Without(parts.Mount).WithFile($"{parts.Container}/config.v2.json", $$"""{"Driver":"vfs","Image":"sha256:{{Nothing}}"}"""),
            ["Container -> Image: NotKnown InAnotherStore", "Container -> MountRecord: NotKnown InAnotherStore"]),
    };

    /// <summary>Paths below the root of the recorded store: of the image app:1 and its layers, and of one container on it.</summary>
    private sealed record Parts(string Image, string Top, string Middle, string Layer, string OtherLayer, string Link, string Mount, string Container);

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_damaged_dangles_and_nothing_else(string name)
    {
        using TemporaryTree tree = new TemporaryTree().WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"));
        s_cases[name].Damage(tree, PartsOf(Read(tree), tree));

        DockerClassicStore store = Read(tree);

        Assert.Equal(s_cases[name].Expected, RecordReferenceText.Unresolved(store));
        Assert.All(store.RecordReferences, reference => Assert.StartsWith(tree.Root, reference.Source.ToString(), StringComparison.Ordinal));
        Assert.Same(store.RecordReferences, store.RecordReferences);
    }

    [Fact]
    public void Every_kind_of_reference_of_a_sound_store_is_resolved()
    {
        DockerClassicStore store = DockerRootCorpus.Read("healthy-running");

        Assert.Equal(s_sound, RecordReferenceText.Kinds(store));
        Assert.Empty(RecordReferenceText.Unresolved(store));
        DockerContainer container = store.Containers.First(container => container.Name == "c1");
        RecordReference image = Assert.Single(store.RecordReferences, reference => reference.From == new RecordIdentity(RecordKind.Container, container.Id) && reference.To.Kind == RecordKind.Image);
        Assert.Equal($"/var/lib/docker/containers/{container.Id}/config.v2.json", image.Source.ToString());
        Assert.Equal(container.ImageId, image.To.Id.ToString());
    }

    [Fact]
    public void A_large_sound_store_has_no_dangling_reference()
    {
        RecordedFileTree tree = RecordedFileTree.Parse(SyntheticDockerRoot.Write(900, 180));
        DockerClassicStore store = DockerClassicStore.Read(tree, tree.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);

        Assert.Empty(RecordReferenceText.Unresolved(store));
        Assert.InRange(store.RecordReferences.Count, 900 * 4, int.MaxValue);
    }

    [Fact]
    public void The_work_grows_with_the_references_and_not_faster()
    {
        (long smallBytes, int small) = Measure(300, 60);
        (long largeBytes, int large) = Measure(3000, 600);

        Assert.InRange((double)large / small, 9.5, 10.5);
        Assert.InRange(largeBytes, 0, 12 * smallBytes);

        static (long Bytes, int Count) Measure(int layers, int containers)
        {
            RecordedFileTree tree = RecordedFileTree.Parse(SyntheticDockerRoot.Write(layers, containers));
            DockerClassicStore store = DockerClassicStore.Read(tree, tree.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = store.RecordReferences.Count;
            return (GC.GetAllocatedBytesForCurrentThread() - before, count);
        }
    }

    [Fact]
    public void The_records_of_BuildKit_lead_to_chains_layers_and_each_other()
    {
        RecordedFileTree tree = RecordedFileTree.Parse(Unzip("docker-build-cache.tree.json.gz"));
        DockerClassicStore store = DockerClassicStore.Read(tree, tree.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);

        Assert.NotEmpty(store.BuildCache);
        Assert.Equal(["BuildRecord -> BuildRecord", "BuildRecord -> Chain", "BuildRecord -> Layer"], RecordReferenceText.Kinds(store).Where(line => line.StartsWith("BuildRecord", StringComparison.Ordinal)));
        Assert.Empty(RecordReferenceText.Unresolved(store));
    }

    [Theory]
    [InlineData("gone", "", "", "BuildRecord -> BuildRecord: Dangling NoSuchRecord")]
    [InlineData("sha256:gone", "", "", "BuildRecord -> Chain: Dangling NoSuchRecord")]
    [InlineData("", "gone", "", "BuildRecord -> Layer: Dangling NoSuchDirectory")]
    [InlineData("", "", "sha256:gone", "BuildRecord -> Chain: Dangling NoSuchRecord")]
    [InlineData("", "../l", "", "BuildRecord -> Layer: Dangling MalformedRecord")]
    public void What_a_record_of_BuildKit_names_can_be_gone(string parent, string committed, string chain, string expected)
    {
        using TemporaryTree tree = new TemporaryTree().WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"));
        string layer = Read(tree).Layers[0].Id.ToString();
        var record = new BoltWriter.Bucket { ["parent"] = Bytes(parent), ["committed"] = Bytes(committed.Length == 0 ? layer : committed), ["chainid"] = Bytes(chain) };
        tree.WithFile("buildkit/snapshots.db", new BoltWriter().Write(new BoltWriter.Bucket { ["key"] = record, [layer] = new BoltWriter.Bucket { ["parent"] = Bytes("key") } }));

        Assert.Equal([expected], RecordReferenceText.Unresolved(Read(tree)));

        static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
    }

    [Fact]
    public void Circles_end_and_twins_are_told_apart()
    {
        static ByteString Id(char digit) => ByteString.FromText("sha256:" + new string(digit, 64));
        static DockerImageLayer Chain(char digit, char parent) => new() { ChainId = Id(digit), Directory = BytePath.FromText($"/d/{digit}"), Parent = StoreFile.Of(Id(parent)), CacheId = StoreFile.Of(ByteString.FromText("x")) };
        var store = new DockerClassicStore { DataRoot = BytePath.FromText("/d"), ImageLayers = [Chain('a', 'b'), Chain('b', 'a'), Chain('c', 'c')], KnowsRecordReferences = true };

        Assert.Equal(["Chain -> Layer: Dangling NoSuchDirectory"], RecordReferenceText.Unresolved(store));
        Assert.Equal(6, store.RecordReferences.Count);
    }

    [Fact]
    public void There_is_a_limit_to_what_is_followed()
    {
        var layer = new DockerImageLayer { ChainId = ByteString.FromText("a:b"), Directory = BytePath.FromText("/d/x") };
        var store = new DockerClassicStore { DataRoot = BytePath.FromText("/d"), ImageLayers = [.. Enumerable.Repeat(layer, 10)], KnowsRecordReferences = true };

        IReadOnlyList<RecordReference> references = new DockerRecordReferences(store, new RecordReferenceList(4)).All;

        Assert.Equal(5, references.Count);
        Assert.Equal((RecordResolution.NotKnown, RecordReferenceReason.TooMany), (references[^1].Resolution, references[^1].Reason));
        Assert.DoesNotContain(references.SkipLast(1), reference => reference.Reason == RecordReferenceReason.TooMany);
    }

    private static Parts PartsOf(DockerClassicStore store, TemporaryTree tree)
    {
        DockerImage image = store.Images.Single(image => image.References.Contains("app:1", StringComparer.Ordinal));
        DockerContainer container = store.Containers.First(container => container.ImageId == image.Id.ToString());
        string Below(BytePath path) => Path.GetRelativePath(tree.Root, path.ToString());
        DockerImageLayer Chain(int place)
        {
            Assert.True(store.TryGetImageLayer(image.ChainIds[place], out DockerImageLayer? chain));
            return chain;
        }

        Assert.Equal(3, image.ChainIds.Count);
        string layer = $"overlay2/{Chain(2).CacheId.Content}";
        return new Parts(
            $"{Images}/{image.Id.ToString()[7..]}", Below(Chain(2).Directory), Below(Chain(1).Directory), layer, $"overlay2/{Chain(0).CacheId.Content}",
            $"overlay2/l/{File.ReadAllText(tree[layer + "/link"])}", $"{LayerDatabase}/mounts/{container.Id}", $"containers/{container.Id}");
    }

    private static DockerClassicStore Read(TemporaryTree tree) => DockerClassicStore.Read(tree.Path, cancellationToken: TestContext.Current.CancellationToken);

    private static byte[] Unzip(string name)
    {
        using var zipped = new GZipStream(File.OpenRead(Repository.Data("bbolt", name)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zipped.CopyTo(bytes);
        return bytes.ToArray();
    }
}
