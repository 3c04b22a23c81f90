using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>What is said where a bound kept the mounts of other namespaces from being read: nothing that these could refute.</summary>
public sealed class UnreadNamespaceTests
{
    private const string Podman = "/var/lib/containers/storage";

    private static readonly string s_layer = new('a', 64);
    private static readonly string s_container = new('c', 64);
    private static readonly SnapshotNamespace s_read = new(4, SnapshotPart.Known(MadeUpHost.Mounts(MadeUpHost.Root)), []);
    private static readonly SnapshotNamespace s_unread = new(5, SnapshotPart.Failed<MountTable>("the bound"), []);

    [Fact]
    public void A_host_is_not_called_healthy()
    {
        DiagnosisReport report = Diagnose(DiagnosisReportTests.Whole(), s_read, s_unread);

        Assert.Equal(DiagnosisStatus.Unknown, report.Status);
        Assert.Equal((1, 1), (report.Host.Scope.Namespaces, report.Host.Scope.UnreadNamespaces));
        Assert.Contains(new SuspendedRule(FindingIds.LeakedMount, "mount namespace 5: the bound", SuspensionKind.NotSeen), report.Suspended);
        Assert.Equal(DiagnosisStatus.Healthy, Diagnose(DiagnosisReportTests.Whole(), s_read).Status);
    }

    [Fact]
    public void Thousands_of_them_are_one_reason_for_each_rule()
    {
        DiagnosisReport report = Diagnose(DiagnosisReportTests.Whole(), [.. Enumerable.Range(5, 3000).Select(id => s_unread with { Id = (ulong)id })]);

        Assert.Equal(report.Suspended.Length, report.Suspended.Select(suspended => suspended.RuleId).Distinct().Count());
        Assert.Contains(report.Suspended, suspended => suspended is { RuleId: FindingIds.SharedUpper, Because: "mount namespace 5 and 2999 more: the bound" });
    }

    [Fact]
    public void A_layer_and_a_mount_that_nobody_names_are_not_surely_unused()
    {
        ILayerStore store = Store([]);
        string orphan = $"31 30 0:50 / {Podman}/overlay/{s_layer}/merged rw - overlay overlay rw,lowerdir=/a,upperdir={Podman}/overlay/{s_layer}/diff,workdir=/c";

        Assert.Equal(FindingStatus.Confirmed, StatusOf(FindingIds.OrphanLayer, Diagnose(Snapshot(store), s_read)));
        Assert.Equal(FindingStatus.Suspected, StatusOf(FindingIds.OrphanLayer, Diagnose(Snapshot(store), s_read, s_unread)));
        Assert.Equal(FindingStatus.Confirmed, StatusOf(FindingIds.OrphanMount, Diagnose(Snapshot(store, orphan), s_read)));
        Assert.Equal(FindingStatus.Suspected, StatusOf(FindingIds.OrphanMount, Diagnose(Snapshot(store, orphan), s_read, s_unread)));
    }

    [Fact]
    public void A_mount_of_a_container_whose_process_is_gone_may_have_somebody_in_it()
    {
        StorageSnapshot killed = CorpusSnapshots.Read("engine-killed") with { Processes = SnapshotPart.Known(ImmutableArray<SnapshotProcess>.Empty) };

        Assert.All(Diagnose(killed, s_read).Findings.Where(finding => finding.Id == FindingIds.OrphanMount), finding => Assert.Equal(FindingStatus.Confirmed, finding.Status));
        Assert.Equal(2, Diagnose(killed, s_unread).Findings.Count(finding => finding is { Id: FindingIds.OrphanMount, Status: FindingStatus.Suspected }));
    }

    [Fact]
    public void A_container_of_an_engine_that_mounts_elsewhere_is_not_called_unmounted()
    {
        StorageSnapshot snapshot = Snapshot(Store([new ContainersContainer { Id = ByteString.FromText(s_container), LayerId = ByteString.FromText(s_layer) }])) with
        {
            Processes = SnapshotPart.Known<ImmutableArray<SnapshotProcess>>([new SnapshotProcess(77, ByteString.FromText("app"), s_container, 9)]),
        };

        Assert.Contains(Diagnose(snapshot, s_read).Findings, finding => finding.Id == FindingIds.UnmountedContainer);
        DiagnosisReport report = Diagnose(snapshot, s_read, s_unread);
        Assert.DoesNotContain(report.Findings, finding => finding.Id == FindingIds.UnmountedContainer);
        Assert.Contains(report.Suspended, suspended => suspended.RuleId == FindingIds.UnmountedContainer);
    }

    private static FindingStatus StatusOf(string id, DiagnosisReport report) => Assert.Single(report.Findings, finding => finding.Id == id).Status;

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot, params ImmutableArray<SnapshotNamespace> namespaces) =>
        CorpusSnapshots.Diagnose(snapshot with { OtherNamespaces = SnapshotPart.Known(namespaces) });

    private static StorageSnapshot Snapshot(ILayerStore store, params string[] mounts) =>
        MadeUpHost.Of([MadeUpHost.Root, .. mounts], store) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)) };

    private static ContainersStorageStore Store(ContainersContainer[] containers) => new()
    {
        DataRoot = BytePath.FromText(Podman),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        Layers = [new OverlayDriverLayer { Id = ByteString.FromText(s_layer), Directory = BytePath.FromText($"{Podman}/overlay/{s_layer}"), Diff = StoreEntryType.Directory, ModifiedAt = DateTimeOffset.UnixEpoch }],
        Containers = [.. containers],
    };
}
