using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Snapshots;

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
