using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>Faults of a store that no recorded state has: a healthy one with one thing changed.</summary>
public sealed class StoreRuleTests
{
    private static readonly DockerClassicStore s_store = (DockerClassicStore)CorpusSnapshots.Read("healthy-stopped").Stores.Value[0];

    /// <summary>The writable layer of a container: with others below it, and not finished.</summary>
    private static readonly OverlayDriverLayer s_layer = s_store.Layers.First(layer => layer.Id == s_store.ContainerLayers[0].MountId.Content);

    [Theory]
    [InlineData("l/2FDTXXHM2EWCS3XJPYXCJ7KPRW\n", "OVL0105")]
    [InlineData("{\"a\":1}", "OVL0105")]
    [InlineData("l/", "OVL0104")]
    [InlineData("l", "OVL0104")]
    [InlineData("", "OVL0103")]
    public void A_lower_file_of_another_form_is_found(string lower, string id) =>
        Assert.Equal([id], Ids(WithLayer(s_layer with { Lower = File(lower) })));

    [Theory]
    [InlineData("short")]
    [InlineData("2fdtxxhm2ewcs3xjpyxcj7kprw")]
    [InlineData("")]
    public void A_link_file_that_holds_no_name_is_found(string link) => Assert.Equal(["OVL0101"], Ids(WithLayer(s_layer with { Link = File(link) })));

    [Fact]
    public void A_file_in_the_place_of_a_directory_is_a_part_that_is_missing()
    {
        Assert.Equal(["OVL0113"], Ids(WithLayer(s_layer with { Work = StoreEntryType.RegularFile })));
        Assert.Equal(["OVL0113"], Ids(WithLayer(s_layer with { Merged = StoreEntryType.RegularFile })));
        Assert.Empty(Ids(WithLayer(s_layer with { Diff = StoreEntryType.Unknown })));
    }

    [Fact]
    public void A_finished_layer_needs_no_work_directory()
    {
        OverlayDriverLayer finished = s_store.Layers.First(layer => layer.IsCommitted && layer.Lower.HasContent);

        Assert.Empty(Ids(WithLayer(finished with { Work = StoreEntryType.Missing })));
        Assert.Empty(Ids(WithLayer(finished with { WorkContent = new WorkDirectoryContent { Leftovers = 9, Depth = 9, HasVolatileMarker = true } })));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void The_kernel_clears_two_levels_of_a_work_directory(int depth, bool isReported) =>
        Assert.Equal(isReported ? ["OVL0011"] : [], Ids(WithLayer(s_layer with { WorkContent = new WorkDirectoryContent { Leftovers = depth, Depth = depth } })));

    [Fact]
    public void More_layers_than_the_driver_mounts_are_found()
    {
        string name = s_layer.GetLowerElements()[0].ToString();

        Assert.Empty(Ids(WithLayer(s_layer with { Lower = File(string.Join(':', Enumerable.Repeat(name, 127))) })));
        Assert.Equal(["OVL0203"], Ids(WithLayer(s_layer with { Lower = File(string.Join(':', Enumerable.Repeat(name, 128))) })));
        Assert.Equal(["OVL0202", "OVL0203"], Ids(WithLayer(s_layer with { Lower = File(string.Join(':', Enumerable.Repeat(name, 140))) })));
    }

    [Theory]
    [InlineData("", "OVL0108")]
    [InlineData("not an id", "OVL0108")]
    public void An_entry_of_the_layer_database_that_is_cut_off_is_found(string cacheId, string id)
    {
        DockerImageLayer[] entries = [.. s_store.ImageLayers];
        entries[0] = entries[0] with { CacheId = File(cacheId) };

        Assert.Contains(id, Ids(With(imageLayers: entries)));
        Assert.DoesNotContain("OVL0107", Ids(With(imageLayers: entries)));
    }

    [Fact]
    public void A_link_to_a_layer_that_no_record_names_is_still_a_fault()
    {
        // The container's lower file uses a name whose link leads nowhere, and nothing else knows the layer.
        const string Name = "AAAAAAAAAAAAAAAAAAAAAAAAAA";
        OverlayDriverLayer layer = s_layer with { Lower = File($"l/{Name}:{s_layer.Lower.Content}") };
        OverlayDriverShortLink[] links = [.. s_store.ShortLinks, new OverlayDriverShortLink { Name = ByteString.FromText(Name), Type = StoreEntryType.SymbolicLink, Target = BytePath.FromText($"../{new string('0', 64)}/diff") }];

        DiagnosisReport report = Diagnose(With(layers: Replace(layer), shortLinks: links));

        Assert.Equal(["OVL0102"], CorpusSnapshots.Ids(report));
        Assert.Equal(Name, report.Findings[0].Subject.Id.ToString());
    }

    [Fact]
    public void A_wrong_link_is_found_also_where_the_rightful_layer_has_lost_its_name()
    {
        OverlayDriverLayer image = s_store.Layers.First(layer => s_store.ImageLayers.Any(entry => entry.CacheId.Content == layer.Id) && layer.Lower.HasContent);
        OverlayDriverLayer other = s_store.Layers.First(layer => layer.Lower.State == StoreFileState.Missing);
        Assert.True(image.TryGetShortName(out ByteString name));
        OverlayDriverShortLink[] links = [.. s_store.ShortLinks.Select(link => link.Name == name ? link with { Target = BytePath.FromText($"../{other.Id}/diff") } : link)];

        Assert.Equal(["OVL0101", "OVL0102"], Ids(With(layers: Replace(image with { Link = File("") }), shortLinks: links)));
    }

    [Fact]
    public void Two_overlays_with_one_upper_are_found_across_namespaces_by_file_system_and_path()
    {
        const string Upper = "rw,lowerdir=/l,upperdir=/srv/u,workdir=/srv/w";
        MountTable own = MadeUpHost.Mounts($"20 1 254:0 / / rw - ext4 /dev/vda rw\n30 20 0:50 / /a rw - overlay overlay {Upper}\n");

        Assert.Equal(["OVL0009"], Ids(own, MadeUpHost.Mounts($"20 1 254:0 / / rw - ext4 /dev/vda rw\n31 20 0:51 / /b rw - overlay overlay {Upper}\n")));
        Assert.Equal(["OVL0009"], Ids(own, MadeUpHost.Mounts("20 1 254:0 /srv / rw - ext4 /dev/vda rw\n31 20 0:51 / /b rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n")));
        Assert.Empty(Ids(own, MadeUpHost.Mounts($"20 1 254:1 / / rw - ext4 /dev/vdb rw\n31 20 0:51 / /b rw - overlay overlay {Upper}\n")));
        Assert.Empty(Ids(own, MadeUpHost.Mounts($"20 1 254:0 / / rw - ext4 /dev/vda rw\n31 20 0:50 / /b rw - overlay overlay {Upper}\n")));

        static string[] Ids(MountTable own, MountTable other) => CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(new StorageSnapshot
        {
            Mounts = SnapshotPart.Known(own),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(new SnapshotNamespace(7, SnapshotPart.Known(other), []))),
        }));
    }

    [Theory]
    [InlineData("rw", "ro", "OVL0011")]
    [InlineData("ro", "ro", "")]
    [InlineData("rw", "rw", "")]
    public void An_overlay_that_is_read_only_as_a_file_system_is_found(string mount, string fileSystem, string id)
    {
        var snapshot = new StorageSnapshot
        {
            Mounts = SnapshotPart.Known(MadeUpHost.Mounts($"20 1 254:0 / / rw - ext4 /dev/vda rw\n30 20 0:50 / /a {mount},relatime - overlay overlay {fileSystem},lowerdir=/l,upperdir=/u,workdir=/w\n")),
        };

        Assert.Equal(id.Length == 0 ? [] : [id], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot)));
    }

    [Theory]
    [InlineData("rw", "ro,errors=remount-ro", "OVL0011")]
    [InlineData("rw,relatime", "ro", "OVL0011")]
    [InlineData("ro", "ro", "")]
    [InlineData("rw", "rw,errors=remount-ro", "")]
    public void A_file_system_below_that_turned_read_only_is_found(string mount, string fileSystem, string id)
    {
        string disk = $"21 20 8:17 / /data {mount} - ext4 /dev/sdb1 {fileSystem}\n";
        var outside = new StorageSnapshot
        {
            Mounts = SnapshotPart.Known(MadeUpHost.Mounts($"20 1 254:0 / / rw - ext4 /dev/vda rw\n{disk}30 20 0:50 / /a rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/data/u,workdir=/data/w\n")),
        };
        StorageSnapshot stopped = MadeUpHost.Of([$"20 1 254:0 / / {mount} - ext4 /dev/vda {fileSystem}"], s_store);

        Assert.Equal(id.Length == 0 ? [] : [id], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(outside)));
        Assert.Equal(id.Length == 0 ? [] : [id], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(stopped)));
    }

    [Fact]
    public void A_place_that_could_not_be_read_is_not_called_whole()
    {
        var problem = new StoreProblem(s_layer.Directory, StoreOperation.List, StoreProblemReason.AccessDenied, "EACCES");

        DiagnosisReport report = Diagnose(With(problems: [problem]));

        Assert.Empty(CorpusSnapshots.Ids(report));
        Assert.Contains(report.Suspended, rule => rule is { RuleId: "OVL0113", Kind: SuspensionKind.NotSeen } && rule.Because.Contains("EACCES", StringComparison.Ordinal));
    }

    private static StoreFile File(string content) => StoreFile.Of(ByteString.FromText(content));

    private static OverlayDriverLayer[] Replace(OverlayDriverLayer layer) => [.. s_store.Layers.Select(other => other.Id == layer.Id ? layer : other)];

    private static DockerClassicStore WithLayer(OverlayDriverLayer layer) => With(layers: Replace(layer));

    private static string[] Ids(DockerClassicStore store) => CorpusSnapshots.Ids(Diagnose(store));

    private static DiagnosisReport Diagnose(ILayerStore store) =>
        CorpusSnapshots.Diagnose(DiagnosisReportTests.Whole() with { Stores = SnapshotPart.Known(ImmutableArray.Create(store)) });

    private static DockerClassicStore With(
        IReadOnlyList<OverlayDriverLayer>? layers = null, IReadOnlyList<OverlayDriverShortLink>? shortLinks = null, IReadOnlyList<DockerImageLayer>? imageLayers = null, IReadOnlyList<StoreProblem>? problems = null) => new()
    {
        DataRoot = s_store.DataRoot,
        Home = s_store.Home,
        Layers = layers ?? s_store.Layers,
        ShortLinkDirectory = s_store.ShortLinkDirectory,
        ShortLinks = shortLinks ?? s_store.ShortLinks,
        ImageLayers = imageLayers ?? s_store.ImageLayers,
        ContainerLayers = s_store.ContainerLayers,
        Containers = s_store.Containers,
        Images = s_store.Images,
        ReadProblems = problems ?? [],
    };
}
