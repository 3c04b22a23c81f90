using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>A store of containerd with two images of several platforms, of which one was fetched each, and what is said when its database or its content is gone.</summary>
public sealed class ContainerdContentTests
{
    private static readonly string[] s_kinds = ["index", "manifest", "configuration", "layer"];

    [Fact]
    public void What_was_never_fetched_is_no_fault() => Assert.Empty(Ids(Store()));

    [Theory]
    [InlineData("index")]
    [InlineData("manifest")]
    [InlineData("configuration")]
    [InlineData("layer")]
    public void A_blob_that_is_gone_concerns_its_image(string kind)
    {
        Finding finding = Assert.Single(Diagnose(Store(missing: [Digest("one", kind)])).Findings, finding => finding.Severity >= FindingSeverity.Warning);

        Assert.Equal(("OVL0124", "one"), (finding.Id, finding.Subject.Name));
        Assert.Contains(Digest("one", kind).ToString(), finding.Evidence[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_content_at_once_is_one_loss()
    {
        ByteString[] all = [.. s_kinds.SelectMany(kind => new[] { Digest("one", kind), Digest("two", kind) })];

        Assert.Single(Diagnose(Store(missing: all)).Findings, finding => finding.Id == "OVL0124");
    }

    [Theory]
    [InlineData(StoreEntryType.Missing, false, "OVL0123")]
    [InlineData(StoreEntryType.RegularFile, true, "OVL0123")]
    [InlineData(StoreEntryType.Unknown, false, "")]
    public void A_database_that_is_gone_or_none_is_found_where_there_are_snapshots(StoreEntryType type, bool isMalformed, string expected)
    {
        ContainerdSnapshotStore store = Store() with
        {
            MetadataDatabase = type, Namespaces = [], Images = [], SnapshotNames = [], ContentRecords = [], Contents = [],
            ReadProblems = isMalformed ? [new StoreProblem(Store().MetadataPath, StoreOperation.Parse, StoreProblemReason.Malformed, "no meta page")] : [],
        };

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Ids(store));
        Assert.DoesNotContain("OVL0123", Ids(store with { Layers = [], Snapshots = [] }));
    }

    [Fact]
    public void The_images_of_a_layer_are_those_whose_labels_lead_to_a_snapshot_above_it()
    {
        ContainerdSnapshotStore store = Store();

        Assert.Equal(["k8s.io/one", "k8s.io/two"], store.FindImages(Text("1")));
        Assert.Equal(["k8s.io/two"], store.FindImages(Text("2")));
        Assert.Empty(store.FindImages(Text("9")));
    }

    [Fact]
    public void Labels_that_go_in_a_circle_end()
    {
        ContainerdContentRecord circle = new(Text("k8s.io"), Digest("one", "index")) { Contents = [Digest("one", "index")], SnapshotNames = [Text("base")] };

        Assert.Equal(["k8s.io/one"], (Store() with { ContentRecords = [circle] }).FindImages(Text("1")));
    }

    public static TheoryData<string, string> Keepers => new()
    {
        { "image", "" },
        { "nobody", "k2" },
        { "nobody of both", "k1 k2" },
        { "container", "" },
        { "container of another namespace", "k2" },
        { "container of another snapshotter", "k2" },
        { "lease of the snapshot", "" },
        { "lease of the content", "" },
        { "label of a snapshot", "" },
        { "label of a blob", "" },
        { "snapshotter alone", "k3" },
    };

    [Theory]
    [MemberData(nameof(Keepers))]
    public void A_snapshot_that_nothing_keeps_is_found(string keeper, string expected)
    {
        ContainerdSnapshotStore whole = Store();
        ContainerdSnapshotStore bare = whole with { Images = [whole.Images[0]] };
        var space = Text("k8s.io");
        ContainerdSnapshotStore store = keeper switch
        {
            "image" => whole,
            "nobody" => bare,
            "nobody of both" => bare with { Images = [] },
            "container" => bare with { Containers = [new ContainerdContainer(space, Text("c")) { Snapshotter = Text("overlayfs"), SnapshotName = Text("top") }] },
            "container of another namespace" => bare with { Containers = [new ContainerdContainer(Text("moby"), Text("c")) { Snapshotter = Text("native"), SnapshotName = Text("top") }] },
            "container of another snapshotter" => bare with { Containers = [new ContainerdContainer(space, Text("c")) { Snapshotter = Text("native"), SnapshotName = Text("top") }] },
            "lease of the snapshot" => bare with { Leases = [new ContainerdLease(space, Text("l")) { SnapshotNames = [Text("top")] }] },
            "lease of the content" => bare with { Leases = [new ContainerdLease(space, Text("l")) { ContentDigests = [Digest("two", "manifest")] }] },
            "label of a snapshot" => bare with { HeldSnapshots = [new ContainerdHeldSnapshot(space, Text("top"))] },
            "label of a blob" => bare with { ContentRecords = [.. bare.ContentRecords.Select(record => record.Digest == Digest("two", "configuration") ? record with { IsRoot = true } : record)] },
            _ => whole with { Snapshots = [.. whole.Snapshots, Snapshot(3, "k3", "k2")], Layers = [.. whole.Layers, Layer("3")] },
        };

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), store.FindUnusedSnapshots().Select(snapshot => snapshot.Key.ToString()));
        Assert.Equal(expected.Length > 0 ? ["OVL0125"] : [], Ids(store));
        Assert.DoesNotContain("OVL0125", Ids(store with { HeldSnapshots = null }));
        Assert.DoesNotContain("OVL0125", Ids(store with { MetadataDatabase = StoreEntryType.Missing }));
    }

    [Theory]
    [InlineData(60, FindingStatus.Suspected)]
    [InlineData(3600, FindingStatus.Confirmed)]
    public void What_was_written_just_now_may_go_by_itself(int secondsAgo, FindingStatus expected)
    {
        ContainerdSnapshotStore store = Store() with { Images = [], SnapshotsChangedAt = DateTimeOffset.UnixEpoch };
        StorageSnapshot snapshot = MadeUpHost.Of([MadeUpHost.Root], store) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddSeconds(secondsAgo)) };
        Finding finding = Assert.Single(CorpusSnapshots.Diagnose(snapshot).Findings, finding => finding.Id == "OVL0125");

        Assert.Equal(expected, finding.Status);
        Assert.Contains("2 of them", finding.Evidence[0].Text, StringComparison.Ordinal);
    }

    private static string[] Ids(ContainerdSnapshotStore store) => CorpusSnapshots.Ids(Diagnose(store));

    private static DiagnosisReport Diagnose(ILayerStore store) => CorpusSnapshots.Diagnose(DiagnosisReportTests.Whole() with { Stores = SnapshotPart.Known(ImmutableArray.Create(store)) });

    /// <summary>Image one is the snapshot 1, image two the snapshot 2 on it.</summary>
    private static ContainerdSnapshotStore Store(params ByteString[] missing) => new()
    {
        DataRoot = BytePath.FromText("/c"),
        DriverHome = BytePath.FromText("/c/io.containerd.snapshotter.v1.overlayfs"),
        StateDirectory = BytePath.FromText("/run/containerd"),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        MetadataDatabase = StoreEntryType.RegularFile,
        KnowsRecordReferences = true,
        HeldSnapshots = [],
        Namespaces = [Text("k8s.io")],
        Snapshots = [Snapshot(1, "k1", ""), Snapshot(2, "k2", "k1")],
        Layers = [Layer("1"), Layer("2")],
        SnapshotNames = [Name("base", "k1", ""), Name("top", "k2", "base")],
        Images = [new ContainerdImage(Text("k8s.io"), Text("one"), Digest("one", "index")), new ContainerdImage(Text("k8s.io"), Text("two"), Digest("two", "index"))],
        ContentRecords = [.. Records("one", "base"), .. Records("two", "top")],
        Contents =
        [
            .. s_kinds.SelectMany(kind => new[] { Digest("one", kind), Digest("two", kind) })
                .Select(digest => new ContainerdContent(digest, missing.Contains(digest) ? ContainerdContentState.Missing : ContainerdContentState.Present)),
        ],
    };

    private static ContainerdContentRecord[] Records(string image, string snapshot) =>
    [
        new(Text("k8s.io"), Digest(image, "index")) { Contents = [Digest(image, "manifest"), Digest(image, "manifest of another platform")] },
        new(Text("k8s.io"), Digest(image, "manifest")) { Contents = [Digest(image, "configuration"), Digest(image, "layer")] },
        new(Text("k8s.io"), Digest(image, "configuration")) { SnapshotNames = [Text(snapshot)] },
        new(Text("k8s.io"), Digest(image, "layer")),
    ];

    private static ByteString Digest(string image, string kind) =>
        Text($"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{image} {kind}")))}");

    private static ContainerdSnapshot Snapshot(int id, string key, string parent) => new() { Key = Text(key), Id = (ulong)id, Kind = ContainerdSnapshotKind.Committed, Parent = Text(parent) };

    private static ContainerdSnapshotName Name(string name, string key, string parent) => new(Text("k8s.io"), Text("overlayfs"), Text(name), Text(key), Text(parent));

    private static ContainerdLayer Layer(string id) => new() { Id = Text(id), Directory = BytePath.FromText($"/c/io.containerd.snapshotter.v1.overlayfs/snapshots/{id}"), Diff = StoreEntryType.Directory, Work = StoreEntryType.Directory };

    private static ByteString Text(string text) => ByteString.FromText(text);
}
