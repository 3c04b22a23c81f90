using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>containerd's store beside a healthy Docker Engine: what rules say of it, and that neither is blamed for the other.</summary>
public sealed class ContainerdRuleTests
{
    private const string Root = "/var/lib/containerd";
    private const string Home = Root + "/io.containerd.snapshotter.v1.overlayfs";
    private const string Mount = "900 65 0:99 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/c1/rootfs rw - overlay overlay rw,"
        + "lowerdir=" + Home + "/snapshots/1/fs,upperdir=" + Home + "/snapshots/2/fs,workdir=" + Home + "/snapshots/2/work\n";

    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Both_stores_are_healthy_side_by_side()
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(With(Store(), Mount));

        Assert.Empty(CorpusSnapshots.Ids(report));
        Assert.Equal(DiagnosisStatus.Healthy, report.Status);
    }

    [Fact]
    public void A_containerd_that_only_runs_Dockers_containers_is_healthy()
    {
        var store = new ContainerdSnapshotStore
        {
            DataRoot = BytePath.FromText(Root),
            DriverHome = BytePath.FromText(Home),
            StateDirectory = BytePath.FromText("/run/containerd"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Namespaces = [Text("moby")],
            Containers = [new ContainerdContainer(Text("moby"), Text("d1"))],
            Tasks = [new ContainerdTask(Text("moby"), Text("d1"), BytePath.FromText("/run/containerd/io.containerd.runtime.v2.task/moby/d1")) { ProcessId = 77 }],
        };
        StorageSnapshot snapshot = With(store) with { Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(77, Text("sh"), "", 1))) };

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);

        Assert.Empty(CorpusSnapshots.Ids(report));
        Assert.Equal(DiagnosisStatus.Healthy, report.Status);
    }

    [Fact]
    public void Layers_in_quarantine_are_told_and_the_host_stays_healthy()
    {
        var quarantine = new StoreQuarantine { Type = StoreEntryType.Directory, Entries = [new QuarantinedEntry(Text("7"), StoreEntryType.Directory)] };

        DiagnosisReport report = CorpusSnapshots.Diagnose(With(Store(quarantine: quarantine), Mount));

        Finding finding = Assert.Single(report.Findings, finding => !finding.Id.StartsWith("OVL05", StringComparison.Ordinal));
        Assert.Equal(("OVL0116", "since when it is there is not known"), (finding.Id, finding.Evidence[1].Text));
        Assert.Equal((DiagnosisStatus.Healthy, 0), (report.Status, report.ExitCode));
    }

    [Theory]
    [InlineData(5, FindingStatus.Suspected)]
    [InlineData(3600, FindingStatus.Confirmed)]
    public void An_orphan_is_sure_unless_containerd_may_be_removing_it(int secondsSinceWrite, FindingStatus expected)
    {
        ContainerdSnapshotStore store = Store(layers: [.. Layers("1", "2"), Layer("7", TimeSpan.FromDays(3)), Layer("8", TimeSpan.FromHours(1)), Layer("rm-6", TimeSpan.FromDays(9))], writtenAgo: TimeSpan.FromSeconds(secondsSinceWrite));

        DiagnosisReport report = CorpusSnapshots.Diagnose(With(store, Mount));

        Finding[] found = [.. report.Findings.Where(finding => finding.Id == "OVL0107")];
        Assert.Equal(["7", "rm-6"], found.Select(finding => finding.Subject.Id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(found, finding => Assert.Equal(expected, finding.Status));
        Assert.Equal(["OVL0107"], CorpusSnapshots.Ids(report));
    }

    [Theory]
    [InlineData(false, "OVL0106")]
    [InlineData(true, "")]
    public void A_missing_directory_is_found_where_the_store_is_of_one_moment(bool hasChanged, string expected)
    {
        StoreProblem[] problems = hasChanged ? [new StoreProblem(BytePath.FromText(Home + "/snapshots"), StoreOperation.List, StoreProblemReason.Changed, "")] : [];

        DiagnosisReport report = CorpusSnapshots.Diagnose(With(Store(layers: Layers("2"), problems: problems), Mount));

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), CorpusSnapshots.Ids(report));
        Assert.Equal(hasChanged, report.Suspended.Length > 0);
    }

    [Fact]
    public void A_mount_that_is_older_than_a_disk_on_the_store_has_lost_its_layers()
    {
        const string Disk = "901 65 8:1 / " + Root + " rw - ext4 /dev/sda1 rw\n";
        var empty = new ContainerdSnapshotStore { DataRoot = BytePath.FromText(Root), DriverHome = BytePath.FromText(Home), StateDirectory = BytePath.FromText("/run/containerd") };

        DiagnosisReport covered = CorpusSnapshots.Diagnose(With(empty, Mount + Disk));

        Assert.Equal(["OVL0002"], CorpusSnapshots.Ids(covered));
        Assert.Contains(covered.Findings.Single(finding => finding.Id == "OVL0002").Evidence, evidence => evidence.Text.Contains("its layers are hidden", StringComparison.Ordinal));
        Assert.Empty(CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(With(Store(), Disk + Mount))));
    }

    [Theory]
    [InlineData("/", "", "a container of another containerd with the same paths")]
    [InlineData("/run/containerd/io.containerd.runtime.v2.task/k8s.io/gone/rootfs", "OVL0005 OVL0107", "a copy that was left over")]
    public void A_mount_of_another_namespace_is_left_over_unless_it_is_the_root_of_somebody(string point, string expected, string what)
    {
        string options = "lowerdir=" + Home + "/snapshots/1/fs,upperdir=" + Home + "/snapshots/9/fs,workdir=" + Home + "/snapshots/9/work";
        string root = point == "/" ? "" : "65 1 254:0 / / rw - ext4 /dev/vda rw\n";
        MountTable table = MadeUpHost.Mounts($"{root}70 65 0:123 / {point} rw - overlay overlay rw,{options}\n");
        StorageSnapshot snapshot = With(Store(layers: Layers("1", "2", "9")), Mount) with
        {
            OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(new SnapshotNamespace(5, SnapshotPart.Known(table), []))),
        };

        string[] found = CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot));

        Assert.True(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).SequenceEqual(found), $"{what}: {string.Join(' ', found)}");
    }

    [Theory]
    [InlineData("moby", null, "OVL0606", FindingStatus.Suspected)]
    [InlineData("moby", false, "OVL0606", FindingStatus.Confirmed)]
    [InlineData("moby", true, "OVL0606", FindingStatus.Confirmed)]
    [InlineData("k8s.io", null, "", FindingStatus.Unknown)]
    [InlineData("k8s.io", false, "", FindingStatus.Unknown)]
    [InlineData("k8s.io", true, "OVL0606", FindingStatus.Confirmed)]
    public void Images_in_the_store_that_is_not_in_force_are_found(string containerdNamespace, bool? usesContainerd, string expected, FindingStatus status)
    {
        StorageSnapshot snapshot = With(Store(containerdNamespace), Mount.Replace("k8s.io", containerdNamespace, StringComparison.Ordinal));
        snapshot = snapshot with { Engine = SnapshotPart.Known(snapshot.Engine.Value with { UsesContainerdStore = usesContainerd }) };

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), CorpusSnapshots.Ids(report));
        if (expected.Length == 0)
            return;
        Finding finding = report.Findings.Single(finding => finding.Id == expected);
        Assert.Equal(status, finding.Status);
        Assert.Equal(usesContainerd == true ? "/var/lib/docker/overlay2" : Home, finding.Subject.Path.ToString());
    }

    [Theory]
    [InlineData(1UL << 30, "/data/docker", true)]
    [InlineData(1UL << 42, "/data/docker", false)]
    [InlineData(1UL << 30, "", false)]
    public void A_data_root_that_was_moved_without_containerds_root_is_found(ulong available, string dataRoot, bool isFound)
    {
        string settings = dataRoot.Length == 0 ? "{}" : $$"""{"data-root":"{{dataRoot}}"}""";
        StorageSnapshot snapshot = With(Store(), Mount + "905 65 8:9 / /data rw - ext4 /dev/sdb1 rw\n");
        snapshot = snapshot with
        {
            Engine = SnapshotPart.Known(snapshot.Engine.Value with { UsesContainerdStore = true, Version = "29.0.1" }),
            Configuration = SnapshotPart.Known(EngineConfigurationFiles.Empty.With(BytePath.FromText("/etc/docker/daemon.json"), Text(settings))),
            FileSystems = SnapshotPart.Known(ImmutableArray.Create(Room("/var/lib/docker", 1UL << 39), Room(Root, available), Room("/data/docker", 1UL << 39))),
        };

        Finding[] found = [.. CorpusSnapshots.Diagnose(snapshot).Findings.Where(finding => finding.Id == "OVL0607")];

        Assert.Equal(isFound ? [Root] : [], found.Select(finding => finding.Subject.Path.ToString()));
    }

    [Fact]
    public void A_snapshot_with_both_stores_survives_its_file_and_its_redaction()
    {
        StorageSnapshot snapshot = With(Store(layers: Layers("2")), Mount);
        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;

        StorageSnapshot loaded = StorageSnapshot.Load(file);

        Assert.Equal(["OVL0106"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(loaded)));
        Assert.Equal(CorpusSnapshots.Diagnose(snapshot).Findings.Select(finding => finding.ToString()), CorpusSnapshots.Diagnose(loaded).Findings.Select(finding => finding.ToString()));
        Assert.Equal(["OVL0106"], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot.Redact())));
        Assert.DoesNotContain("secret-registry", Encoding.UTF8.GetString(Saved(snapshot.Redact())), StringComparison.Ordinal);

        static byte[] Saved(StorageSnapshot snapshot)
        {
            using var file = new MemoryStream();
            snapshot.Save(file);
            return file.ToArray();
        }
    }

    /// <summary>A healthy Docker host with this store of containerd's too.</summary>
    private static StorageSnapshot With(ContainerdSnapshotStore store, string mounts = "")
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        string table = File.ReadAllText(Repository.Data("docker-root", "healthy-stopped", "mountinfo.txt")) + mounts;
        return whole with
        {
            Time = SnapshotPart.Known(s_now),
            FileSystems = SnapshotPart.Known(whole.FileSystems.Value.Add(Room(Root, 1UL << 39))),
            Stores = SnapshotPart.Known(whole.Stores.Value.Add(store)),
            Mounts = SnapshotPart.Known(MadeUpHost.Mounts(table)),
            Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(77, Text("sleep"), "", 1))),
        };
    }

    /// <summary>An image layer with a running container on it.</summary>
    private static ContainerdSnapshotStore Store(
        string containerdNamespace = "k8s.io", IReadOnlyList<ContainerdLayer>? layers = null, TimeSpan? writtenAgo = null, IReadOnlyList<StoreProblem>? problems = null,
        StoreQuarantine? quarantine = null)
    {
        ByteString space = Text(containerdNamespace);
        return new ContainerdSnapshotStore
        {
            DataRoot = BytePath.FromText(Root),
            DriverHome = BytePath.FromText(Home),
            StateDirectory = BytePath.FromText("/run/containerd"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Quarantine = quarantine ?? StoreQuarantine.None,
            Layers = layers ?? Layers("1", "2"),
            Snapshots =
            [
                new ContainerdSnapshot { Key = Text($"{containerdNamespace}/1/sha256:aa"), Id = 1, Kind = ContainerdSnapshotKind.Committed },
                new ContainerdSnapshot { Key = Text($"{containerdNamespace}/2/c1"), Id = 2, Kind = ContainerdSnapshotKind.Active, Parent = Text($"{containerdNamespace}/1/sha256:aa") },
            ],
            SnapshotsChangedAt = s_now - (writtenAgo ?? TimeSpan.FromHours(1)),
            Namespaces = [space],
            SnapshotNames =
            [
                new ContainerdSnapshotName(space, Text("overlayfs"), Text("c1"), Text($"{containerdNamespace}/2/c1"), Text("sha256:aa")),
                new ContainerdSnapshotName(space, Text("overlayfs"), Text("sha256:aa"), Text($"{containerdNamespace}/1/sha256:aa"), default),
            ],
            Containers = [new ContainerdContainer(space, Text("c1")) { Image = Text("secret-registry.example/app:1"), Snapshotter = Text("overlayfs"), SnapshotName = Text("c1") }],
            Images = [new ContainerdImage(space, Text("secret-registry.example/app:1"), Text("sha256:" + new string('b', 64)))],
            Tasks = [new ContainerdTask(space, Text("c1"), BytePath.FromText($"/run/containerd/io.containerd.runtime.v2.task/{containerdNamespace}/c1")) { ProcessId = 77 }],
            ReadProblems = problems ?? [],
        };
    }

    private static ContainerdLayer[] Layers(params string[] ids) => [.. ids.Select(id => Layer(id, TimeSpan.FromDays(30)))];

    private static ContainerdLayer Layer(string id, TimeSpan age) => new()
    {
        Id = Text(id),
        Directory = BytePath.FromText($"{Home}/snapshots/{id}"),
        ModifiedAt = s_now - age,
        Diff = StoreEntryType.Directory,
        Work = StoreEntryType.Directory,
    };

    private static SnapshotFileSystem Room(string path, ulong available) => new()
    {
        Path = BytePath.FromText(path),
        TotalBytes = 1UL << 43,
        AvailableBytes = available,
        TotalInodes = 1_000_000,
        AvailableInodes = 900_000,
        EntryTypes = new FeatureEvidence(FeatureStatus.Yes, "seen"),
    };

    private static ByteString Text(string text) => ByteString.FromText(text);
}
