using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>The directory beside a driver home that repairs move layers to: read for every kind of store, and taken for nothing else.</summary>
public sealed class QuarantineTests
{
    private const string Docker = "var/lib/docker/overlay2";
    private const string Containers = "var/lib/containers/storage/overlay";
    private const string Containerd = "var/lib/containerd/io.containerd.snapshotter.v1.overlayfs";

    private static readonly DateTimeOffset s_moved = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);

    public static TheoryData<LayerStoreKind, string> Homes => new()
    {
        { LayerStoreKind.DockerClassic, Docker },
        { LayerStoreKind.ContainersStorage, Containers },
        { LayerStoreKind.ContainerdSnapshots, Containerd },
    };

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task What_is_in_it_is_read(LayerStoreKind kind, string home)
    {
        using TemporaryTree tree = Quarantined(home, "b", "a").WithFile($"{home}-quarantine/file", "");
        Directory.SetLastWriteTimeUtc(tree[$"{home}-quarantine"], s_moved.UtcDateTime);

        ILayerStore store = await Read(tree, kind);

        Assert.Equal($"/{home}-quarantine", store.QuarantineDirectory.ToString());
        Assert.Equal(StoreEntryType.Directory, store.Quarantine.Type);
        Assert.Equal(s_moved, store.Quarantine.ModifiedAt);
        Assert.Equal(
            [("a", StoreEntryType.Directory), ("b", StoreEntryType.Directory), ("file", StoreEntryType.RegularFile)],
            store.Quarantine.Entries.Select(entry => (entry.Name.ToString(), entry.Type)));
        Assert.Equal(3, store.Quarantine.Entries.Select(entry => entry.Inode!.Value).Distinct().Count());
        Assert.All(store.Quarantine.Entries, entry => Assert.InRange(entry.ModifiedAt!.Value, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Empty(store.Problems);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task Where_there_is_none_that_is_no_problem(LayerStoreKind kind, string home)
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory($"{home}/l");

        ILayerStore store = await Read(tree, kind);

        Assert.Equal(StoreQuarantine.None, store.Quarantine);
        Assert.Empty(store.Problems);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task A_link_in_its_place_is_not_followed_and_makes_no_record_unknown(LayerStoreKind kind, string home)
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory($"{home}/l").WithFile("elsewhere/x", "").WithLink($"{home}-quarantine", "/elsewhere");

        ILayerStore store = await Read(tree, kind);

        Assert.Equal(StoreEntryType.SymbolicLink, store.Quarantine.Type);
        Assert.Empty(store.Quarantine.Entries);
        Assert.Equal(store.QuarantineDirectory, Assert.Single(store.Problems).Path);
        Assert.Empty(store.ReferenceProblems);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task More_entries_than_the_limit_are_a_problem(LayerStoreKind kind, string home)
    {
        using TemporaryTree tree = Quarantined(home, [.. Enumerable.Range(0, 20).Select(i => $"layer{i}")]);

        ILayerStore store = await Read(tree, kind, new StoreReadOptions { MaxDirectoryEntries = 10 });

        Assert.Equal(10, store.Quarantine.Entries.Count);
        Assert.Equal(StoreProblemReason.TooMany, Assert.Single(store.Problems).Reason);
        Assert.Empty(store.ReferenceProblems);
    }

    [Fact]
    public async Task It_is_beside_a_containerd_home_that_is_configured_elsewhere()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("var/lib/containerd").WithDirectory("srv/snapshots-here/snapshots").WithDirectory("srv/snapshots-here-quarantine/7")
            .WithFile("etc/containerd/config.toml", "version = 2\n[plugins.\"io.containerd.snapshotter.v1.overlayfs\"]\nroot_path = \"/srv/snapshots-here\"\n");

        ILayerStore store = await Read(tree, LayerStoreKind.ContainerdSnapshots);

        Assert.Equal("/srv/snapshots-here-quarantine", store.QuarantineDirectory.ToString());
        Assert.Equal("7", Assert.Single(store.Quarantine.Entries).Name.ToString());
    }

    [Fact]
    public async Task It_is_no_driver_home_and_no_store()
    {
        // A quarantined layer could even be called like a part of a store.
        using TemporaryTree tree = new TemporaryTree();
        foreach (string home in (string[])[Docker, Containers, Containerd])
            tree.WithFile($"{home}-quarantine/snapshots/1/fs/x", "").WithFile($"{home}-quarantine/{new string('a', 64)}/link", "");
        tree.WithDirectory("var/lib/docker/overlay2/l").WithFile("var/lib/docker/vfs-quarantine/x", "");

        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal(["/var/lib/docker/overlay2"], snapshot.DriverHomes.Value.Select(home => home.ToString()));
        Assert.DoesNotContain(snapshot.Stores.Value, store => store.DriverHome.ToString().EndsWith("-quarantine", StringComparison.Ordinal));
        Assert.All(snapshot.Stores.Value, store => Assert.Empty(store.Layers));
        Assert.DoesNotContain(Diagnose(snapshot).Findings, finding => finding.Id is "OVL0603" or "OVL0605" or "OVL0606");
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task It_is_told_and_the_host_is_healthy(LayerStoreKind kind, string home)
    {
        using TemporaryTree tree = Quarantined(home, "b", "a");
        Directory.SetLastWriteTimeUtc(tree[$"{home}-quarantine"], s_moved.UtcDateTime);
        var snapshot = new StorageSnapshot { Stores = SnapshotPart.Known(ImmutableArray.Create(await Read(tree, kind))) };

        Finding finding = Assert.Single(Diagnose(snapshot).Findings, finding => finding.Severity >= FindingSeverity.Information && finding.Id.StartsWith("OVL01", StringComparison.Ordinal));

        Assert.Equal(("OVL0116", FindingSeverity.Information, FindingStatus.Confirmed), (finding.Id, finding.Severity, finding.Status));
        Assert.Equal((FindingSubjectKind.Quarantine, $"/{home}-quarantine", kind), (finding.Subject.Kind, finding.Subject.Path.ToString(), finding.Subject.Store));
        Assert.Equal(["it holds 2: a, b", "nothing was moved in or out since 2026-11-20 08:30 UTC"], finding.Evidence.Select(evidence => evidence.Text));
        Assert.Contains("Nothing removes it by itself", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_an_earlier_version_does_not_know_it()
    {
        JsonNode json = JsonNode.Parse(Save(CorpusSnapshots.Read("healthy-running")))!;
        Assert.True(((JsonObject)json["stores"]!["value"]![0]!["dockerClassic"]!).Remove("quarantine"));

        StorageSnapshot loaded = Load(json.ToJsonString());

        Assert.Equal(StoreQuarantine.Unknown, Assert.Single(loaded.Stores.Value).Quarantine);
        Assert.DoesNotContain(Diagnose(loaded).Findings, finding => finding.Id == "OVL0116");
        Assert.Equal(SnapshotPartStatus.NotTaken, loaded.BootTime.Status);
        Assert.Equal(Save(loaded), Save(Load(Save(loaded))));
    }

    [Fact]
    public void A_null_among_its_entries_is_refused()
    {
        JsonNode json = JsonNode.Parse(Save(CorpusSnapshots.Read("healthy-running")))!;
        ((JsonArray)json["stores"]!["value"]![0]!["dockerClassic"]!["quarantine"]!["entries"]!).Add(null);

        Assert.Throws<SnapshotFormatException>(() => Load(json.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task A_redaction_keeps_what_it_is(LayerStoreKind kind, string home)
    {
        string id = new('a', 64);
        using TemporaryTree tree = Quarantined(home, id, "customer");
        StorageSnapshot snapshot = new() { Stores = SnapshotPart.Known(ImmutableArray.Create(await Read(tree, kind))) };

        StorageSnapshot redacted = Load(Save(snapshot.Redact("key"u8)));

        ILayerStore store = Assert.Single(redacted.Stores.Value);
        Assert.Equal($"/{home}-quarantine", store.QuarantineDirectory.ToString());
        Assert.Equal(2, store.Quarantine.Entries.Count);
        Assert.Contains(store.Quarantine.Entries, entry => entry.Name.Length == 64 && entry.Name.ToString() != id);
        Assert.DoesNotContain("customer", Save(redacted), StringComparison.Ordinal);
        Assert.Equal(Only(Diagnose(snapshot)).Path, Only(Diagnose(redacted)).Path);

        static FindingSubject Only(DiagnosisReport report) => Assert.Single(report.Findings, finding => finding.Id == "OVL0116").Subject;
    }

    private static TemporaryTree Quarantined(string home, params string[] layers)
    {
        TemporaryTree tree = new TemporaryTree().WithDirectory($"{home}/l");
        foreach (string layer in layers)
            tree.WithDirectory($"{home}-quarantine/{layer}/diff");
        return tree;
    }

    private static async Task<ILayerStore> Read(TemporaryTree tree, LayerStoreKind kind, StoreReadOptions? options = null)
    {
        string root = kind switch
        {
            LayerStoreKind.DockerClassic => "/var/lib/docker",
            LayerStoreKind.ContainersStorage => "/var/lib/containers/storage",
            _ => "/var/lib/containerd",
        };
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(
            new SnapshotOptions { HostRoot = tree.Path, Stores = [new StoreLocation(kind, BytePath.FromText(root))], Store = options ?? StoreReadOptions.Default }, TestContext.Current.CancellationToken);
        return Assert.Single(snapshot.Stores.Value);
    }

    private static Task<StorageSnapshot> Capture(TemporaryTree tree) =>
        StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = tree.Path }, TestContext.Current.CancellationToken);

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot) => new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

    private static string Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static StorageSnapshot Load(string json) => StorageSnapshot.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
