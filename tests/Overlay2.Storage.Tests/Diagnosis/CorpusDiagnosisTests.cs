using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>What a diagnosis says of the 32 recorded states of a real engine, held against what is expected of them.</summary>
public sealed class CorpusDiagnosisTests
{
    public static TheoryData<string> AllStates => DockerRootCorpus.AllStates;

    [Theory]
    [MemberData(nameof(AllStates))]
    public void Each_state_gives_its_findings_and_no_others(string state)
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state));

        string[] found = CorpusSnapshots.Ids(report);
        string[] expected = CorpusSnapshots.Expected(state, "ids");
        Assert.Empty(expected.Except(found));
        Assert.Empty(found.Except(expected).Except(CorpusSnapshots.Expected(state, "mayAlso")));
        Assert.All(report.Findings, finding => Assert.NotEmpty(finding.Evidence));
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public void Links_that_nobody_uses_are_named(string state)
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state));

        Assert.Equal(
            CorpusSnapshots.Expected(state, "unusedDanglingShortLinks").Order(StringComparer.Ordinal),
            report.Findings.Where(finding => finding.Id == "OVL0112").Select(finding => finding.Subject.Id.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public void Nothing_is_healthy_of_which_a_part_was_not_seen(string state)
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state));

        Assert.NotEqual(DiagnosisStatus.Healthy, report.Status);
        Assert.NotEqual(0, report.ExitCode);
        Assert.NotEmpty(report.Suspended);
    }

    [Theory]
    [InlineData("shadow-foreign-fs")]
    [InlineData("shadow-self-bind")]
    [InlineData("shadow-self-bind-after-failed-rm")]
    [InlineData("shadow-twice")]
    public void Under_a_cover_no_store_rule_speaks(string state)
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state));

        Assert.DoesNotContain(report.Findings, finding => finding.Id.StartsWith("OVL01", StringComparison.Ordinal));
        Assert.Contains(report.Suspended, rule => rule is { RuleId: "OVL0106", Kind: SuspensionKind.Covered });
    }

    [Fact]
    public void Covers_are_named_the_topmost_first()
    {
        Finding cover = Assert.Single(CorpusSnapshots.Diagnose(CorpusSnapshots.Read("shadow-twice")).Findings, finding => finding.Id == "OVL0002");

        Assert.Equal((FindingStatus.Confirmed, 205), (cover.Status, cover.Subject.MountId));
        Assert.Contains("mount 205", cover.Evidence[0].Text, StringComparison.Ordinal);
        Assert.Contains("mount 266", cover.Evidence[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_blocks_a_removal_makes_a_suspicion_sure()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("immutable-file-blocks-removal");
        Assert.Equal(FindingStatus.Suspected, CorpusSnapshots.Diagnose(snapshot).Findings.Single(finding => finding.Id == "OVL0115").Status);
        DockerClassicStore store = (DockerClassicStore)snapshot.Stores.Value[0];
        BytePath diff = store.DriverHome.Combine(new BytePath(store.ContainerLayers.Single().MountId.Content)).Combine(BytePath.FromText("diff"));
        var scan = new UpperScan { Directory = diff, IsComplete = true, Marks = [new UpperMark(BytePath.FromText("imm"), UpperMarkKind.Immutable, default)] };

        Finding finding = CorpusSnapshots.Diagnose(snapshot with { Uppers = SnapshotPart.Known(ImmutableArray.Create(scan)) }).Findings.Single(finding => finding.Id == "OVL0115");

        Assert.Equal(FindingStatus.Confirmed, finding.Status);
        Assert.EndsWith("/diff/imm", finding.Evidence[0].Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_containers_are_found_by_the_processes_that_are_gone()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("engine-killed");
        Assert.Contains(CorpusSnapshots.Diagnose(snapshot).Findings, finding => finding is { Id: "OVL0006", Status: FindingStatus.Unknown });

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with { Processes = SnapshotPart.Known(ImmutableArray<SnapshotProcess>.Empty) });

        Assert.Equal(["OVL0006"], CorpusSnapshots.Ids(report));
        Assert.Equal(2, report.Findings.Count(finding => finding is { Id: "OVL0006", Status: FindingStatus.Confirmed }));
    }

    [Fact]
    public void Containers_whose_processes_run_are_not_reported()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        DockerClassicStore store = (DockerClassicStore)snapshot.Stores.Value[0];
        ImmutableArray<SnapshotProcess> processes =
            [.. store.Containers.Select(container => new SnapshotProcess(container.ProcessId, ByteString.FromText("sleep"), container.Id.ToString(), MountNamespaceId: 7))];

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with { Processes = SnapshotPart.Known(processes) });

        Assert.DoesNotContain(report.Findings, finding => finding.Id is "OVL0006" or "OVL0007");

        // Another container's process of the same number is not this container's.
        ImmutableArray<SnapshotProcess> others = [.. processes.Select(process => process with { ContainerId = new string('a', 64) })];
        Assert.Equal(["OVL0006"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot with { Processes = SnapshotPart.Known(others) })));
    }

    [Theory]
    [InlineData(25, true)]
    [InlineData(23, false)]
    public void A_young_directory_without_an_owner_is_not_reported(int hours, bool isReported)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("orphan-layers");
        DockerClassicStore store = (DockerClassicStore)snapshot.Stores.Value[0];
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        ILayerStore aged = With(store, [.. store.Layers.Select(layer => layer with { ModifiedAt = now.AddHours(-hours) })]);

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with { Time = SnapshotPart.Known(now), Stores = SnapshotPart.Known(ImmutableArray.Create(aged)) });

        Assert.Equal(isReported ? 4 : 0, report.Findings.Count(finding => finding is { Id: "OVL0107", Status: FindingStatus.Confirmed }));
        Assert.DoesNotContain(report.Findings, finding => finding is { Id: "OVL0107", Status: FindingStatus.Suspected });
    }

    [Theory]
    [InlineData("layerdb-missing-mount-id")]
    [InlineData("layerdb-missing-cache-id")]
    public void Nothing_is_called_unused_while_a_record_is_lost(string state)
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state));

        Assert.All(report.Findings.Where(finding => finding.Id == "OVL0107"), finding => Assert.Equal((FindingStatus.Unknown, FindingSeverity.Information), (finding.Status, finding.Severity)));
    }

    [Fact]
    public void A_driver_home_without_a_link_is_one_finding()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-stopped");
        DockerClassicStore store = (DockerClassicStore)snapshot.Stores.Value[0];
        var wiped = new DockerClassicStore
        {
            DataRoot = store.DataRoot,
            Home = store.Home,
            Layers = store.Layers,
            ShortLinkDirectory = StoreEntryType.Directory,
            ImageLayers = store.ImageLayers,
            ContainerLayers = store.ContainerLayers,
            Containers = store.Containers,
        };

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with { Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(wiped)) });

        Assert.Equal(["OVL0110"], CorpusSnapshots.Ids(report));
        Assert.Equal(FindingSeverity.Critical, report.Findings[0].Severity);
    }

    [Theory]
    [InlineData("/dev/sdb /var/lib/docker/overlay2 ext4 defaults 0 0", true)]
    [InlineData("/dev/sdb /var/lib/docker/overlay ext4 defaults 0 0", false)]
    public void A_home_whose_file_system_is_not_mounted_is_found_by_fstab(string line, bool isFound)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-stopped");
        DockerClassicStore store = (DockerClassicStore)snapshot.Stores.Value[0];
        ILayerStore empty = With(store, []);
        ImmutableArray<ConfiguredMount> fstab = ConfiguredMount.ParseFstab(System.Text.Encoding.UTF8.GetBytes(line), BytePath.FromText("/etc/fstab"));

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create(empty)),
            ConfiguredMounts = SnapshotPart.Known(fstab),
        });

        Assert.Equal([isFound ? "OVL0003" : "OVL0106"], CorpusSnapshots.Ids(report));
    }

    [Fact]
    public void A_copy_of_a_mount_that_the_engine_has_given_up_is_a_leak()
    {
        StorageSnapshot running = CorpusSnapshots.Read("healthy-running");
        StorageSnapshot stopped = CorpusSnapshots.Read("healthy-stopped");
        MountTable copies = running.Mounts.Value;
        var holder = new SnapshotNamespace(4026532999, SnapshotPart.Known(copies), [new MountHolderProcess(812, ByteString.FromText("monitor"), "")]);

        DiagnosisReport leaked = CorpusSnapshots.Diagnose(stopped with { OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(holder)) });
        DiagnosisReport shared = CorpusSnapshots.Diagnose(running with { OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(holder)) });

        Assert.Equal(["OVL0005"], CorpusSnapshots.Ids(leaked));
        Assert.Contains("process 812 (monitor)", leaked.Findings[0].Evidence[0].Text, StringComparison.Ordinal);
        Assert.Empty(CorpusSnapshots.Ids(shared));
    }

    private static DockerClassicStore With(DockerClassicStore store, IReadOnlyList<OverlayDriverLayer> layers) => new()
    {
        DataRoot = store.DataRoot,
        Home = store.Home,
        Layers = layers,
        ShortLinkDirectory = store.ShortLinkDirectory,
        ShortLinks = store.ShortLinks,
        ImageLayers = store.ImageLayers,
        ContainerLayers = store.ContainerLayers,
        Containers = store.Containers,
        Images = store.Images,
    };
}
