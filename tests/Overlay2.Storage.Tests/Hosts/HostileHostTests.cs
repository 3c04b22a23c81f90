using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Hosts;

/// <summary>Hosts that are put together to mislead: odd places, homes within one another, rules of the caller's that do odd things.</summary>
public sealed class HostileHostTests
{
    private const string Podman = "/var/lib/containers/storage";
    private const string Root = "1 0 8:1 / / rw - ext4 d rw\n";

    private static readonly string s_layer = new('a', 64);
    private static readonly string s_other = new('b', 64);

    [Theory]
    [InlineData("", "/var/lib/containerd")]
    [InlineData("rel", "rel")]
    public void A_store_at_no_place_is_no_reason_to_fail_and_is_not_loaded(string home, string root)
    {
        StorageSnapshot snapshot = Snapshot(Root, Containerd(home, root));

        DiagnosisReport report = Diagnose(snapshot);
        Assert.Empty(RepairPlanner.Plan(report, cancellationToken: TestContext.Current.CancellationToken).Steps);
        Assert.Empty(report.Host.OverlayLayers);

        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;
        Assert.Contains("absolute", Assert.Throws<SnapshotFormatException>(() => StorageSnapshot.Load(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/lib/containers/storage/overlay/ID/diff", false)]
    [InlineData("/var/lib/containers/storage/overlay/./ID/diff", false)]
    [InlineData("/var/lib/containers/storage/../storage/overlay/ID/diff", false)]
    [InlineData("/var/lib/containers/storage/overlay/ID2/../other/diff", true)]
    [InlineData("/var/lib/containers/storage/overlay/l/NAME", false)]
    [InlineData("/var/lib/containers/storage/overlay/l/NAME/etc/app", false)]
    [InlineData("l/NAME/etc", false)]
    [InlineData("/var/lib/containers/storage/overlay/l/NAMES/etc", true)]
    public void A_layer_that_a_mount_names_in_an_odd_way_is_in_use(string lower, bool isOrphan)
    {
        const string Name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        ILayerStore store = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText(Podman),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [Layer(Podman, s_layer) with { ModifiedAt = DateTimeOffset.UnixEpoch }],
            ShortLinks = [new OverlayDriverShortLink { Name = ByteString.FromText(Name), Type = StoreEntryType.SymbolicLink, Target = BytePath.FromText($"../{s_layer}/diff") }],
        };
        lower = lower.Replace("ID", s_layer, StringComparison.Ordinal).Replace("NAME", Name, StringComparison.Ordinal);

        DiagnosisReport report = Diagnose(Snapshot($"{Root}2 1 0:50 / /mnt rw - overlay overlay ro,lowerdir={lower}:/b\n", store) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)) });

        Assert.Equal(isOrphan, report.Findings.Any(finding => finding.Id == FindingIds.OrphanLayer));
        var predicate = new LayerUnusedPredicate(BytePath.FromText($"{Podman}/overlay/{s_layer}"), BytePath.FromText($"{Podman}/overlay"), [ByteString.FromText(Name)]);
        Assert.Equal(isOrphan, LayerUse.Find(predicate, [report.Host.Mounts.Value.Table], new NamedMounts()) is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_that_a_mount_uses_is_no_orphan_though_the_mount_may_be_left_over(bool isLeftOver)
    {
        // Whether the other store needs its mount cannot be known where its records are lost.
        StoreProblem lost = new(BytePath.FromText("/other/overlay-layers/layers.json"), StoreOperation.Open, StoreProblemReason.NotFound, "");
        ILayerStore store = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText(Podman),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [Layer(Podman, s_layer) with { ModifiedAt = DateTimeOffset.UnixEpoch }],
        };
        ILayerStore other = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText("/other"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [Layer("/other", s_other) with { ModifiedAt = DateTimeOffset.UnixEpoch }],
            ReadProblems = isLeftOver ? [] : [lost],
        };

        DiagnosisReport report = Diagnose(Snapshot(
            $"{Root}2 1 0:50 / /other/overlay/{s_other}/merged rw - overlay overlay rw,lowerdir={Podman}/overlay/{s_layer}/diff,upperdir=/other/overlay/{s_other}/diff,workdir=/c\n", store, other) with
        {
            Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray<SnapshotNamespace>.Empty),
        });

        Assert.Equal(isLeftOver ? FindingStatus.Confirmed : FindingStatus.Unknown, Assert.Single(report.Findings, finding => finding.Id == FindingIds.OrphanMount).Status);
        Assert.Equal(isLeftOver, report.Findings.Any(finding => finding.Id == FindingIds.OrphanLayer && finding.Subject.Id == ByteString.FromText(s_layer)));
    }

    [Theory]
    [InlineData("12/fs:11/fs")]
    [InlineData("/c/snapshots/12/fs:/c/snapshots/11/fs")]
    public void Lower_directories_that_containerd_gives_in_short_are_in_use(string lower)
    {
        ContainerdLayer[] layers = [Snapshotted("11"), Snapshotted("12"), Snapshotted("14")];
        ContainerdSnapshotStore store = Containerd("/c", "/c") with { Layers = layers, Snapshots = [s_snapshot] };
        StorageSnapshot snapshot = Snapshot($"{Root}2 1 0:50 / /mnt rw - overlay overlay rw,lowerdir={lower},upperdir=/c/snapshots/14/fs,workdir=/c/snapshots/14/work\n", store) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)) };

        DiagnosisReport report = Diagnose(snapshot);

        Assert.DoesNotContain(report.Findings, finding => finding.Id == FindingIds.OrphanLayer);
        Assert.Equal(["14", "12", "11"], report.Host.OverlayLayers.Select(layer => layer.LayerId.ToString()));
        foreach (ContainerdLayer layer in layers)
            Assert.NotNull(LayerUse.Find(new LayerUnusedPredicate(layer.Directory, BytePath.FromText("/c"), []), [report.Host.Mounts.Value.Table], new NamedMounts()));
        Assert.Null(LayerUse.Find(new LayerUnusedPredicate(BytePath.FromText("/c/snapshots/13"), BytePath.FromText("/c"), []), [report.Host.Mounts.Value.Table], new NamedMounts()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mount_on_one_that_is_left_over_uses_its_layers(bool isOnIt)
    {
        ILayerStore store = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText(Podman),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [Layer(Podman, s_layer) with { ModifiedAt = DateTimeOffset.UnixEpoch }, Layer(Podman, s_other) with { ModifiedAt = DateTimeOffset.UnixEpoch }],
        };
        string onIt = $"3 2 0:60 / {Podman}/overlay/{s_other}/merged ro - overlay overlay ro,lowerdir={Podman}/overlay/{s_layer}/diff:/b\n";

        DiagnosisReport report = Diagnose(Snapshot($"{Root}{Overlay(2, Podman, s_other)}{(isOnIt ? onIt : "")}", store) with
        {
            Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray<SnapshotNamespace>.Empty),
        });

        Assert.Contains(report.Findings, finding => finding is { Id: FindingIds.OrphanMount, Status: FindingStatus.Confirmed });
        Assert.Equal(!isOnIt, report.Findings.Any(finding => finding.Id == FindingIds.OrphanLayer && finding.Subject.Id == ByteString.FromText(s_layer)));
    }

    [Fact]
    public void A_mount_of_another_store_does_not_take_the_home_of_one_that_has_mounts()
    {
        ILayerStore store = new ContainersStorageStore
        {
            DataRoot = BytePath.FromText(Podman),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [Layer(Podman, s_layer), Layer(Podman, s_other)],
        };

        HostView host = HostView.Of(Snapshot($"{Root}{Overlay(2, Podman, s_layer)}{Overlay(3, "/other", s_other)}", store));

        DriverHome home = Assert.Single(host.Homes, home => home.Store is not null);
        Assert.Equal($"{Podman}/overlay", home.Home.ToString());
        Assert.Equal([s_layer], home.MountedLayers.Select(id => id.ToString()));
        Assert.Contains(host.Homes, home => home.Home == BytePath.FromText("/other/overlay"));
    }

    [Fact]
    public void Of_homes_within_one_another_the_innermost_counts_everywhere()
    {
        string inner = "/var/lib/docker/overlay2/x/diff/var/lib/containers/storage";
        ILayerStore podman = new ContainersStorageStore { DataRoot = BytePath.FromText(inner), Home = new DriverHomeStatus { Type = StoreEntryType.Directory }, Layers = [Layer(inner, s_layer)] };
        ILayerStore docker = new DockerClassicStore { DataRoot = BytePath.FromText("/var/lib/docker"), Home = new DriverHomeStatus { Type = StoreEntryType.Directory } };
        BytePath path = BytePath.FromText($"{inner}/overlay/{s_layer}/diff");
        HostView host = HostView.Of(Snapshot($"{Root}2 1 0:9 / {inner}/overlay/{s_layer}/merged rw - overlay overlay rw,lowerdir={s_layer}/diff,upperdir={path},workdir=/w\n", docker, podman));

        Assert.Equal("containers/storage", host.FindEngine(path)!.Name);
        Assert.Equal("containers/storage", host.FindOwner(path)!.Store.Store.Engine.Name);
        Assert.All(host.OverlayLayers, layer => Assert.Equal(podman, layer.Home!.Store));
    }

    [Fact]
    public void An_owner_is_found_through_links_and_dots_and_nowhere_else()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        DockerClassicStore store = snapshot.Stores.Value.OfType<DockerClassicStore>().Single();
        HostView host = HostView.Of(snapshot);
        OverlayDriverShortLink link = store.ShortLinks.First(link => link.TryGetLayerId(out ByteString id) && store.TryGetLayer(id, out _));
        link.TryGetLayerId(out ByteString linked);
        string home = store.DriverHome.ToString();

        Assert.Equal(linked, host.FindOwner(BytePath.FromText($"{home}/l/{link.Name}"))!.LayerId);
        Assert.Equal(linked, host.FindOwner(BytePath.FromText($"{home}/l/{link.Name}/etc/passwd"))!.LayerId);
        Assert.Equal(linked, host.FindOwner(BytePath.FromText($"{home}/./{linked}/../{linked}/diff"))!.LayerId);
        foreach (string path in (string[])["", "/l", "/nothing", "/..", "/."])
            Assert.Null(host.FindOwner(BytePath.FromText(home + path)));

        DockerContainer container = store.Containers[0];
        HostOwner lost = HostView.Of(snapshot with { Stores = SnapshotPart.Known<ImmutableArray<ILayerStore>>([store with { ContainerLayers = [] }]) }).FindOwner(container.Id)!;
        Assert.Equal((container.Id, true, 0), (lost.Container!.Id, lost.LayerId.IsEmpty, lost.References.Count));
    }

    [Fact]
    public void A_rule_may_report_while_it_looks_at_what_was_found()
    {
        var rule = new Rule("ACME1", findings =>
        {
            foreach (Finding finding in findings.Found)
                findings.Report(FindingStatus.Confirmed, finding.Subject, "too", "acme");
        });

        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { CustomRules = [rule] }).Diagnose(CorpusSnapshots.Read("missing-lower-layer-dir"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.DoesNotContain(report.Suspended, suspended => suspended.RuleId == "ACME1");
        Assert.Equal(report.Findings.Count(finding => finding.Id != "ACME1"), report.Findings.Count(finding => finding.Id == "ACME1"));
    }

    [Fact]
    public void A_rule_may_report_any_id_about_any_store_and_the_planner_refuses()
    {
        BytePath layer = BytePath.FromText("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1");
        foreach (FindingDescriptor descriptor in FindingIds.All)
        {
            var rule = new Rule(descriptor.Id, findings => findings.Report(FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Layer, layer), "m", "k"));
            DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { CustomRules = [rule] }).Diagnose(
                Snapshot(Root, Containerd("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs", "/var/lib/containerd")), cancellationToken: TestContext.Current.CancellationToken);

            RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { Only = ImmutableSortedSet.Create(StringComparer.Ordinal, descriptor.Id) }, cancellationToken: TestContext.Current.CancellationToken);

            if (!descriptor.HoldsFor(report.Snapshot.Stores.Value[0].Engine))
                Assert.True(plan.Steps.IsEmpty, $"{descriptor.Id} is not for containerd and has {plan.Steps.Length} steps");
        }
    }

    [Fact]
    public void Sets_that_a_plan_was_read_with_have_the_order_of_bytes()
    {
        DiagnosisOptions options = DiagnosisOptions.Default with { Suppressed = DiagnosisOptions.Default.Suppressed.Add("acme1").Add("OVL0401"), Severities = DiagnosisOptions.Default.Severities.Add("a1", FindingSeverity.Error) };
        RepairPlan plan = RepairPlanner.Plan(
            new StorageDiagnoser(options).Diagnose(CorpusSnapshots.Read("healthy-running"), cancellationToken: TestContext.Current.CancellationToken),
            new RepairPolicy { Except = ImmutableSortedSet.Create(StringComparer.Ordinal, "acme1", "OVL0401") }, cancellationToken: TestContext.Current.CancellationToken);

        RepairPlan read = RepairPlan.Parse(plan.ToJson());

        Assert.Equal(["OVL0401", "acme1"], read.Diagnosis.Suppressed);
        Assert.All((IComparer<string>[])[read.Diagnosis.Suppressed.KeyComparer, read.Diagnosis.Severities.KeyComparer, read.Policy.Only.KeyComparer, read.Policy.Except.KeyComparer], comparer => Assert.Same(StringComparer.Ordinal, comparer));
    }

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot) => CorpusSnapshots.Diagnose(snapshot);

    private static StorageSnapshot Snapshot(string table, params ImmutableArray<ILayerStore> stores) => MadeUpHost.Of([table], stores);

    private static string Overlay(int number, string root, string layer) =>
        $"{number} 1 0:{number + 50} / {root}/overlay/{layer}/merged rw - overlay overlay rw,lowerdir=/a,upperdir={root}/overlay/{layer}/diff,workdir=/c\n";

    private static OverlayDriverLayer Layer(string root, string id) =>
        new() { Id = ByteString.FromText(id), Directory = BytePath.FromText($"{root}/overlay/{id}"), Diff = StoreEntryType.Directory };

    private static readonly ContainerdSnapshot s_snapshot = new() { Key = ByteString.FromText("k"), Id = 14, Kind = ContainerdSnapshotKind.Active };

    private static ContainerdLayer Snapshotted(string id) =>
        new() { Id = ByteString.FromText(id), Directory = BytePath.FromText($"/c/snapshots/{id}"), ModifiedAt = DateTimeOffset.UnixEpoch };

    private static ContainerdSnapshotStore Containerd(string home, string root) => new()
    {
        DataRoot = BytePath.FromText(root),
        DriverHome = BytePath.FromText(home),
        StateDirectory = BytePath.FromText("/run/containerd"),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        Layers = [new ContainerdLayer { Id = ByteString.FromText("1"), Directory = BytePath.FromText("/x/1") }],
    };

    private sealed class Rule(string id, Action<FindingSink> examine) : IDiagnosisRule
    {
        public FindingDescriptor Descriptor { get; } = new(id, "x", FindingSeverity.Warning);

        public DiagnosisStage Stage => DiagnosisStage.Log;

        public void Examine(HostView host, FindingSink findings) => examine(findings);
    }
}
