using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>The rules about kernel, file systems and engine: a healthy host with one thing changed.</summary>
public sealed class HostRuleTests
{
    public static TheoryData<string, string> Configurations => new()
    {
        { "OVL0601", """{"storage-driver":"overlay2"}""" },
        { "OVL0602", """{"storage-opts":["overlay2.override_kernel_check=true"]}""" },
        { "OVL0604", """{"storage-driver":"aufs"}""" },
        { "OVL0609", """{"storage-driver":""" },
        { "OVL0609", """{"storage-drivers":"overlay2"}""" },
        { "OVL0403", """{"storage-opts":["overlay2.size=10G"]}""" },
        { "OVL0610", """{"storage-driver":"overlay2","features":{"containerd-snapshotter":true}}""" },
        { "OVL0610", """{"storage-driver":"vfs","features":{"containerd-snapshotter":true}}""" },
        { "OVL0610", """{"userns-remap":"default","features":{"containerd-snapshotter":true}}""" },
        { "", """{"storage-driver":"overlayfs","features":{"containerd-snapshotter":true}}""" },
        { "", """{"storage-driver":"overlay2","features":{"containerd-snapshotter":false}}""" },
        { "", """{"userns-remap":"default"}""" },
        { "", """{"storage-opts":[]}""" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void The_configuration_of_the_engine_gives_findings(string id, string daemonJson)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText(daemonJson));
        if (id == "OVL0601")
            files = files.WithProcess(new EngineProcess(7, [ByteString.FromText("dockerd"), ByteString.FromText("--storage-driver=overlay2")], []));
        StorageSnapshot snapshot = DiagnosisReportTests.Whole() with { Configuration = SnapshotPart.Known(files) };

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);

        Assert.Equal(id.Length == 0 ? [] : [id], CorpusSnapshots.Ids(report));
        Assert.All(report.Findings.Where(finding => finding.Id == id), finding => Assert.Contains(finding.Evidence, evidence => evidence.Source.Contains("daemon.json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(20, FindingSeverity.Warning, FindingStatus.Confirmed)]
    [InlineData(24, FindingSeverity.Error, FindingStatus.Confirmed)]
    [InlineData(null, FindingSeverity.Error, FindingStatus.Suspected)]
    public void A_removed_option_is_as_bad_as_the_engine_takes_it(int? version, FindingSeverity severity, FindingStatus status)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText("""{"storage-opts":["overlay2.override_kernel_check=true"]}"""));
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        var engine = whole.Engine.Value with { Version = version is null ? "" : $"{version}.0.1" };

        Finding finding = Assert.Single(
            CorpusSnapshots.Diagnose(whole with { Configuration = SnapshotPart.Known(files), Engine = SnapshotPart.Known(engine) }).Findings, finding => finding.Id == "OVL0602");

        Assert.Equal((severity, status), (finding.Severity, finding.Status));
    }

    [Fact]
    public void Several_stores_without_a_choice_are_found()
    {
        StorageSnapshot snapshot = DiagnosisReportTests.Whole() with { DriverHomes = SnapshotPart.Known(ImmutableArray.Create(BytePath.FromText("/var/lib/docker/overlay2"), BytePath.FromText("/var/lib/docker/btrfs"))) };

        Assert.Equal(["OVL0603"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot)));
    }

    [Theory]
    [InlineData(0, 1000, "OVL0401", FindingSeverity.Error)]
    [InlineData(1, 1000, "OVL0401", FindingSeverity.Warning)]
    [InlineData(1 << 30, 0, "OVL0402", FindingSeverity.Error)]
    [InlineData(1 << 30, 9, "OVL0402", FindingSeverity.Warning)]
    [InlineData(1 << 30, 1000, "", FindingSeverity.Information)]
    public void Room_is_watched(int bytes, int inodes, string id, FindingSeverity severity)
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        SnapshotFileSystem room = whole.FileSystems.Value[0] with { AvailableBytes = (ulong)bytes, TotalInodes = 1000, AvailableInodes = (ulong)inodes };

        DiagnosisReport report = CorpusSnapshots.Diagnose(whole with { FileSystems = SnapshotPart.Known(ImmutableArray.Create(room)) });

        Assert.Equal(id.Length == 0 ? [] : [id], CorpusSnapshots.Ids(report));
        Assert.True(report.Findings.All(finding => finding.Severity <= severity));
    }

    [Fact]
    public void Directory_entries_without_types_are_found()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        SnapshotFileSystem room = whole.FileSystems.Value[0] with { EntryTypes = new FeatureEvidence(FeatureStatus.No, "seen") };

        DiagnosisReport report = CorpusSnapshots.Diagnose(whole with { FileSystems = SnapshotPart.Known(ImmutableArray.Create(room)), Configuration = SnapshotPart.NotTaken<EngineConfigurationFiles>() });

        Assert.Equal(["OVL0301"], CorpusSnapshots.Ids(report));
    }

    [Theory]
    [InlineData(true, true, "Confirmed")]
    [InlineData(true, null, "Suspected")]
    [InlineData(false, false, "Confirmed")]
    [InlineData(false, true, "")]
    [InlineData(false, null, "")]
    public void Redirects_and_native_diff_are_held_together(bool isRedirecting, bool? usesNativeDiff, string status)
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        KernelProfile kernel = isRedirecting ? whole.Kernel.Value.WithParameter("redirect_dir", "Y") : whole.Kernel.Value;

        DiagnosisReport report = CorpusSnapshots.Diagnose(whole with { Kernel = SnapshotPart.Known(kernel), Engine = SnapshotPart.Known(whole.Engine.Value with { UsesNativeDiff = usesNativeDiff }) });

        Assert.Equal(status, string.Join(' ', report.Findings.Where(finding => finding.Id == "OVL0302").Select(finding => finding.Status)));
    }

    [Fact]
    public void A_redirect_that_was_seen_in_a_layer_is_a_finding_with_the_engines_answer()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("redirect-xattr-in-upper");
        var scan = new UpperScan { Directory = BytePath.FromText("/var/lib/docker/overlay2/x/diff"), IsComplete = true, Marks = [new UpperMark(BytePath.FromText("data/d9"), UpperMarkKind.Redirect, ByteString.FromText("/data/d1"))] };
        snapshot = snapshot with { Uppers = SnapshotPart.Known(ImmutableArray.Create(scan)) };

        Finding suspected = Assert.Single(CorpusSnapshots.Diagnose(snapshot).Findings, finding => finding.Id == "OVL0302");
        EngineInfo engine = EngineInfo.Parse(File.ReadAllBytes(Repository.Data("docker-root", "healthy-running", "docker-info.json")));
        Finding confirmed = Assert.Single(CorpusSnapshots.Diagnose(snapshot with { Engine = SnapshotPart.Known(engine) }).Findings, finding => finding.Id == "OVL0302");

        Assert.Equal((FindingStatus.Suspected, FindingStatus.Confirmed), (suspected.Status, confirmed.Status));
    }

    [Fact]
    public void A_kernel_without_overlays_is_found()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        KernelProfile kernel = whole.Kernel.Value.WithFeature(OverlayFeatures.Overlay, new FeatureEvidence(FeatureStatus.No, "not configured"));

        Assert.Contains("OVL0305", CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(whole with { Kernel = SnapshotPart.Known(kernel) })));
    }

    [Theory]
    [InlineData("5.7", true)]
    [InlineData("5.8", false)]
    public void An_old_kernel_reads_its_table_less_surely(string version, bool isReported)
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        Assert.True(KernelVersion.TryParse(version, out KernelVersion parsed));

        Assert.Equal(isReported, CorpusSnapshots.Diagnose(whole with { Kernel = SnapshotPart.Known(KernelProfile.Defaults(parsed)) }).Findings.Any(finding => finding.Id == "OVL0306"));
    }

    [Fact]
    public void A_full_mount_table_is_found()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();

        Assert.Equal(["OVL0404"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(whole with { MountLimit = SnapshotPart.Known(whole.Mounts.Value.Entries.Length) })));
    }

    [Fact]
    public void An_engine_on_the_overlay_of_its_own_container_is_found()
    {
        StorageSnapshot snapshot = DiagnosisReportTests.Whole() with
        {
            Mounts = SnapshotPart.Known(MadeUpHost.Mounts("9 1 0:9 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w")),
        };

        Assert.Equal(["OVL0204", "OVL0608"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot)));
    }

    [Fact]
    public void Images_in_a_store_that_the_engine_does_not_use_are_found()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();

        Assert.Equal(["OVL0606"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(whole with { Engine = SnapshotPart.Known(whole.Engine.Value with { Version = "29.0.1", Driver = "overlayfs", UsesContainerdStore = true }) })));
    }

    [Fact]
    public void A_renamed_directory_answers_as_the_simulator_does()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        KernelProfile redirecting = whole.Kernel.Value.WithParameter("redirect_dir", "Y");

        Assert.Contains("EXDEV", Message(whole), StringComparison.Ordinal);
        Assert.Contains("works", Message(whole with { Kernel = SnapshotPart.Known(redirecting) }), StringComparison.Ordinal);

        static string Message(StorageSnapshot snapshot) => CorpusSnapshots.Diagnose(snapshot).Findings.Single(finding => finding.Id == "OVL0501").Message;
    }

    [Fact]
    public void Mounts_that_double_between_two_snapshots_are_found()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();

        DiagnosisReport report = new StorageDiagnoser().Diagnose(With(16), With(8), TestContext.Current.CancellationToken);
        DiagnosisReport steady = new StorageDiagnoser().Diagnose(With(16), With(12), TestContext.Current.CancellationToken);

        Assert.Equal(["OVL0008"], CorpusSnapshots.Ids(report));
        Assert.Empty(CorpusSnapshots.Ids(steady));

        StorageSnapshot With(int copies)
        {
            var text = new StringBuilder(File.ReadAllText(Repository.Data("docker-root", "healthy-stopped", "mountinfo.txt")));
            for (int i = 0; i < copies; i++)
                text.Append(CultureInfo.InvariantCulture, $"{1000 + i} 65 254:0 /srv /mnt/{i} rw shared:77 - ext4 /dev/vda rw\n");
            return whole with { Mounts = SnapshotPart.Known(MadeUpHost.Mounts(text.ToString())) };
        }
    }
}
