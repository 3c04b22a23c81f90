using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>What the rules say of stores of containers/storage, and that one store is not another.</summary>
public sealed class ContainersStorageRuleTests
{
    private const string Root = "var/lib/containers/storage";
    private const string Home = Root + "/overlay";

    private static readonly DateTimeOffset s_later = DateTimeOffset.UtcNow.AddDays(7);

    [Fact]
    public void A_whole_store_is_healthy()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        Assert.Empty(Ids(Diagnose(ContainersTree.Read(tree, Root))));
    }

    [Fact]
    public void Each_fault_is_its_finding()
    {
        Assert.Equal(["OVL0106"], Damaged(tree => Directory.Delete(tree[$"{Home}/{ContainersTree.Base}"], recursive: true)));
        Assert.Equal(["OVL0102"], Damaged(tree => File.Delete(tree[$"{Home}/l/{ContainersTree.Name(ContainersTree.Top)}"])));
        Assert.Equal(["OVL0110"], Damaged(tree => Directory.Delete(tree[$"{Home}/l"], recursive: true)));
        Assert.Equal(["OVL0101"], Damaged(tree => tree.WithFile($"{Home}/{ContainersTree.Top}/link", "")));
        Assert.Equal(["OVL0103"], Damaged(tree => tree.WithFile($"{Home}/{ContainersTree.Top}/lower", "")));
        Assert.Equal(["OVL0104"], Damaged(tree => tree.WithFile($"{Home}/{ContainersTree.Top}/lower", "l")));
        Assert.Equal(["OVL0105"], Damaged(tree => tree.WithFile($"{Home}/{ContainersTree.Top}/lower", "{}")));
        Assert.Equal(["OVL0113"], Damaged(tree => File.Delete(tree[$"{Home}/{ContainersTree.Top}/lower"])));
        Assert.Equal(["OVL0107"], Damaged(tree => tree.WithLayer(Root, new string('f', 64))));
        Assert.Equal(["OVL0209"], Damaged(tree => tree.WithDirectory($"{Home}/{ContainersTree.Writable}/work/work/incompat/volatile")));
        Assert.Equal(["OVL0011"], Damaged(tree => tree.WithDirectory($"{Home}/{ContainersTree.Writable}/work/work/a/b/c")));
        Assert.Empty(Damaged(tree => tree.WithLink($"{Home}/l/{new string('Z', 26)}", "../gone/diff")));
    }

    [Fact]
    public void What_the_engine_mends_itself_is_a_warning()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        File.Delete(tree[$"{Home}/l/{ContainersTree.Name(ContainersTree.Top)}"]);

        Assert.Equal(FindingSeverity.Warning, Assert.Single(Diagnose(ContainersTree.Read(tree, Root)).Findings, finding => finding.Id == "OVL0102").Severity);
    }

    [Fact]
    public void A_young_directory_without_a_record_is_not_called_unused()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root).WithLayer(Root, new string('f', 64));
        Assert.Empty(Ids(Diagnose(DateTimeOffset.UtcNow, [ContainersTree.Read(tree, Root)])));
    }

    [Fact]
    public void A_layer_that_is_being_made_may_lack_its_directory()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root)
            .WithFile($"{Root}/overlay-layers/volatile-layers.json", $$"""[{"id":"{{new string('f', 64)}}","flags":{"incomplete":true } }]""");
        Assert.Empty(Ids(Diagnose(ContainersTree.Read(tree, Root))));
    }

    [Fact]
    public void Layers_of_a_read_only_store_are_found_there()
    {
        const string Images = "images";
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Images);
        string own = new('f', 64);
        tree.WithLayer(Root, own, ContainersTree.Top, ContainersTree.Base)
            .WithFile($"{Root}/overlay-layers/layers.json", $$"""[{"id":"{{own}}","parent":"{{ContainersTree.Top}}"}]""")
            .WithFile($"{Root}/overlay-images/images.json", $$"""[{"id":"{{ContainersTree.Image}}","layer":"{{ContainersTree.Top}}"}]""");
        ContainersStorageStore below = ContainersTree.Read(tree, Images);

        Assert.Empty(Ids(Diagnose(ContainersTree.Read(tree, Root, "/images"), below)));
        Assert.Empty(Ids(Diagnose(ContainersTree.Read(tree, Root, "/images"))));
        Assert.Equal(["OVL0102", "OVL0106", "OVL0120"], Ids(Diagnose(ContainersTree.Read(tree, Root))));

        File.Delete(tree[$"{Images}/overlay/l/{ContainersTree.Name(ContainersTree.Base)}"]);
        Assert.Equal(["OVL0102"], Ids(Diagnose(ContainersTree.Read(tree, Root, "/images"), ContainersTree.Read(tree, Images))));
    }

    [Fact]
    public void A_finding_of_one_store_does_not_concern_another()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root).WithLayer(Root, new string('f', 64));
        ILayerStore docker = CorpusSnapshots.Read("healthy-stopped").Stores.Value[0];
        DiagnosisReport report = Diagnose(docker, ContainersTree.Read(tree, Root));

        Finding orphan = Assert.Single(report.Findings, finding => finding.Severity >= FindingSeverity.Warning);
        Assert.Equal(("OVL0107", LayerStoreKind.ContainersStorage), (orphan.Id, orphan.Subject.Store));
        Assert.Contains("\"store\": \"ContainersStorage\"", System.Text.Encoding.UTF8.GetString(report.ToJson()), StringComparison.Ordinal);

        File.Delete(tree[$"{Root}/overlay-layers/layers.json"]);
        Assert.DoesNotContain(Diagnose(docker, ContainersTree.Read(tree, Root)).Findings, finding => finding.Subject.Store == LayerStoreKind.DockerClassic);
    }

    [Theory]
    [InlineData("/" + Home, false)]
    [InlineData("/" + Root, false)]
    [InlineData("/" + Home, true)]
    [InlineData("/" + Root, true)]
    public void A_cover_is_found_and_nothing_below_it(string place, bool isForeign)
    {
        string merged = $"/{Home}/{ContainersTree.Writable}/merged";
        string mounts = $"""
            1 0 8:1 / / rw - ext4 /dev/sda1 rw
            2 1 8:1 /{Home} /{Home} rw - ext4 /dev/sda1 rw
            3 2 0:50 / {merged} rw - overlay overlay rw,lowerdir=/x,upperdir=/{Home}/{ContainersTree.Writable}/diff,workdir=/{Home}/{ContainersTree.Writable}/work
            4 {(place == "/" + Home ? 2 : 1)} {(isForeign ? "0:60 /" : "8:1 " + place)} {place} rw - {(isForeign ? "tmpfs" : "ext4")} cover rw

            """;
        // Over the root directory of another file system not even the records are seen.
        var store = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText("/" + Root),
            Home = new DriverHomeStatus { Type = StoreEntryType.Missing },
            LayerRecords = isForeign && place == "/" + Root ? [] : [new ContainersLayerRecord { Id = ByteString.FromText(ContainersTree.Writable) }],
        };
        StorageSnapshot snapshot = Snapshot(s_later, [store]) with { Mounts = SnapshotPart.Known(MadeUpHost.Mounts(mounts)) };

        Finding found = Assert.Single(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken).Findings, finding => finding.Severity >= FindingSeverity.Warning);
        Assert.Equal(isForeign ? "OVL0002" : "OVL0001", found.Id);
        Assert.Equal(LayerStoreKind.ContainersStorage, found.Subject.Store);
    }

    private static string[] Damaged(Action<TemporaryTree> damage)
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore(Root);
        damage(tree);
        return Ids(Diagnose(ContainersTree.Read(tree, Root)));
    }

    private static DiagnosisReport Diagnose(params ILayerStore[] stores) => Diagnose(s_later, stores);

    private static DiagnosisReport Diagnose(DateTimeOffset time, ILayerStore[] stores) =>
        new StorageDiagnoser().Diagnose(Snapshot(time, stores), cancellationToken: TestContext.Current.CancellationToken);

    private static StorageSnapshot Snapshot(DateTimeOffset time, ILayerStore[] stores) => MadeUpHost.Of([MadeUpHost.Root], [.. stores]) with { Time = SnapshotPart.Known(time) };

    private static string[] Ids(DiagnosisReport report) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && finding.Id != "OVL0305").Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal)];
}
