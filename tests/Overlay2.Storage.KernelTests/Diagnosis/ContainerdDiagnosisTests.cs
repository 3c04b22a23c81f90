using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>A real containerd whose storage is damaged in one way after the other, and mended: each fault gives its finding and no other.</summary>
/// <remarks>Each test leaves containerd as it found it. A diagnosis changes neither the store nor the mounts.</remarks>
[Collection(ContainerdCollection.Name)]
public sealed class ContainerdDiagnosisTests(SharedContainerd shared)
{
    private const string Home = LiveContainerd.DriverHome;

    private const string Tasks = LiveContainerd.State + "/io.containerd.runtime.v2.task/" + LiveContainerd.Namespace;

    /// <summary>Names, types, links, contents and attributes of everything in the root directory.</summary>
    private const string Fingerprint = """
        cd "$1" && { find . -xdev -printf '%p %y %m %U %G %s %l %T@\n' | sort; find . -xdev -type f -size -4096k -exec sha256sum {} + | sort; } | sha256sum
        """;

    [Fact]
    public async Task Containers_in_any_state_are_healthy()
    {
        LiveContainerd engine = Prepared();
        engine.RunContainer("reader", "--read-only");
        engine.RunContainer("killed");
        engine.Ctr("tasks", "kill", "-s", "KILL", "killed");
        engine.Ctr("snapshots", "prepare", "loose");
        try
        {
            Assert.Empty(await Diagnose(engine));
            DiagnosisReport report = await Report(engine, allNamespaces: true);
            Assert.Equal(DiagnosisStatus.Healthy, report.Status);
            Assert.Empty(report.Suspended);
        }
        finally
        {
            engine.RemoveSnapshots("loose");
            engine.Remove("reader");
            engine.Remove("killed");
        }
    }

    /// <summary>Without its label nothing keeps it; containerd looks again only when something is removed.</summary>
    [Fact]
    public async Task A_snapshot_that_nothing_keeps() => await Check(
        ["OVL0125"],
        engine =>
        {
            engine.Ctr("snapshots", "prepare", "loose");
            engine.Ctr("snapshots", "label", "loose", "containerd.io/gc.root=");
        },
        engine => engine.RemoveSnapshots("loose"));

    [Fact]
    public async Task A_missing_snapshot_directory() => await Check(
        ["OVL0106"],
        engine => engine.Shell("mv \"$1/$2\" \"$1/../gone\"", engine.DirectoryOf("stopped")),
        engine => engine.Shell("mv \"$1/../gone\" \"$1/$2\"", engine.DirectoryOf("stopped")));

    [Fact]
    public async Task A_missing_directory_of_an_image_layer() => await Check(
        ["OVL0106"],
        engine => engine.Shell("mv \"$1/1\" \"$1/../gone\""),
        engine => engine.Shell("mv \"$1/../gone\" \"$1/1\""));

    [Fact]
    public async Task A_missing_part_of_a_snapshot() => await Check(
        ["OVL0113"],
        engine => engine.Shell("mv \"$1/$2/fs\" \"$1/../gone\"", engine.DirectoryOf("stopped")),
        engine => engine.Shell("mv \"$1/../gone\" \"$1/$2/fs\"", engine.DirectoryOf("stopped")));

    [Fact]
    public async Task A_container_whose_snapshot_was_removed()
    {
        LiveContainerd engine = Prepared();
        engine.RunContainer("bare");
        engine.Stop("bare");
        engine.RemoveSnapshots("bare");
        try
        {
            Assert.Equal(["OVL0106"], await Diagnose(engine));
        }
        finally
        {
            engine.TryCtr("containers", "rm", "bare");
            engine.WaitForCollection();
        }

        Assert.Empty(await Diagnose(engine));
    }

    [Fact]
    public async Task An_old_orphan_is_found_and_a_young_one_is_not()
    {
        await Check([], engine => engine.Shell("mkdir -p \"$1/9999/fs\""), engine => engine.Shell("rm -r \"$1/9999\""));
        await Check(["OVL0107"], engine => engine.Shell("mkdir -p \"$1/9999/fs\" && touch -d '3 days ago' \"$1/9999\""), engine => engine.Shell("rm -r \"$1/9999\""));
    }

    [Fact]
    public async Task A_volatile_marker() => await Check(
        ["OVL0209"],
        engine => engine.Shell("mkdir -p \"$1/$2/work/work/incompat/volatile\"", engine.DirectoryOf("stopped")),
        engine => engine.Shell("rm -r \"$1/$2/work/work/incompat\"", engine.DirectoryOf("stopped")));

    [Fact]
    public async Task A_work_directory_that_the_kernel_does_not_clear() => await Check(
        ["OVL0011"],
        engine => engine.Shell("mkdir -p \"$1/$2/work/work/a/b/c/d\"", engine.DirectoryOf("stopped")),
        engine => engine.Shell("rm -r \"$1/$2/work/work/a\"", engine.DirectoryOf("stopped")));

    [Fact]
    public async Task A_mount_that_only_another_namespace_still_has()
    {
        const string Point = Tasks + "/stopped/rootfs";
        HeldNamespace? held = null;
        try
        {
            await Check(
                ["OVL0005"],
                engine => held = HeldNamespace.Start(
                    engine.ProcessId, "mkdir -p \"$1\" && mount -t overlay overlay -o \"$2\" \"$1\" && exec sleep 600", Point, engine.MountOptionsOf("stopped")),
                engine =>
                {
                    held?.Dispose();
                    engine.Enter($"rmdir {Point} {Tasks}/stopped");
                },
                allNamespaces: true);
        }
        finally
        {
            held?.Dispose();
        }
    }

    [Fact]
    public async Task A_mount_of_a_container_that_is_no_more() => await Check(
        ["OVL0006"],
        engine =>
        {
            engine.Ctr("snapshots", "prepare", "lost", engine.Ctr("snapshots", "info", "stopped").Split("\"Parent\": \"")[1].Split('"')[0]);
            engine.Enter($"mkdir -p {Tasks}/lost/rootfs && mount -t overlay overlay -o {engine.MountOptionsOf("lost")} {Tasks}/lost/rootfs");
        },
        engine =>
        {
            engine.Enter($"umount {Tasks}/lost/rootfs && rmdir {Tasks}/lost/rootfs {Tasks}/lost");
            engine.RemoveSnapshots("lost");
        },
        allNamespaces: true);

    [Fact]
    public async Task A_second_mount_on_a_root_file_system() => await Check(
        ["OVL0004"],
        engine => engine.Enter($"mount --bind {Tasks}/running/rootfs {Tasks}/running/rootfs"),
        engine => engine.Enter($"umount {Tasks}/running/rootfs"));

    [Fact]
    public async Task A_running_container_without_its_root_file_system()
    {
        LiveContainerd engine = Prepared();
        engine.RunContainer("bare");
        try
        {
            engine.Enter($"umount {Tasks}/bare/rootfs");
            Assert.Equal(["OVL0007"], await Diagnose(engine));
        }
        finally
        {
            engine.Remove("bare");
        }
    }

    [Theory]
    [InlineData(LiveContainerd.DataRoot)]
    [InlineData(Home)]
    [InlineData(Home + "/snapshots")]
    public async Task Another_file_system_over_the_store(string place) =>
        await Check(["OVL0002"], engine => engine.Enter($"mount -t tmpfs cover {place}"), engine => engine.Enter($"umount {place}"));

    [Fact]
    public async Task A_bind_of_the_state_directory_on_itself() => await Check(
        ["OVL0001"], engine => engine.Enter($"mount --bind {LiveContainerd.State} {LiveContainerd.State}"), engine => engine.Enter($"umount {LiveContainerd.State}"));

    [Fact]
    public async Task A_bind_of_the_store_on_itself_does_no_harm() =>
        await Check([], engine => engine.Enter($"mount --bind {Home} {Home}"), engine => engine.Enter($"umount {Home}"));

    [Fact]
    public async Task A_loaded_snapshot_gives_the_same_report_as_the_live_host()
    {
        LiveContainerd engine = Prepared();
        engine.Shell("mv \"$1/$2\" \"$1/../gone\"", engine.DirectoryOf("stopped"));
        try
        {
            StorageSnapshot live = await Capture(engine, allNamespaces: true);
            using var file = new MemoryStream();
            live.Save(file, compress: true);
            file.Position = 0;
            var diagnoser = new StorageDiagnoser();

            DiagnosisReport before = diagnoser.Diagnose(live, cancellationToken: TestContext.Current.CancellationToken);
            DiagnosisReport after = diagnoser.Diagnose(StorageSnapshot.Load(file), cancellationToken: TestContext.Current.CancellationToken);
            DiagnosisReport redacted = diagnoser.Diagnose(live.Redact(), cancellationToken: TestContext.Current.CancellationToken);

            Assert.Contains(before.Findings, finding => finding.Id == "OVL0106");
            Assert.Equal(before.Findings.Select(finding => finding.ToString()), after.Findings.Select(finding => finding.ToString()));
            Assert.Equal(before.Status, after.Status);
            Assert.Equal(before.Findings.Select(finding => (finding.Id, finding.Severity)).Order(), redacted.Findings.Select(finding => (finding.Id, finding.Severity)).Order());
        }
        finally
        {
            engine.Shell("mv \"$1/../gone\" \"$1/$2\"", engine.DirectoryOf("stopped"));
        }
    }

    /// <summary>With a running and a stopped container: damaged the expected findings, and mended none.</summary>
    private async Task Check(string[] expected, Action<LiveContainerd> damage, Action<LiveContainerd> mend, bool allNamespaces = false)
    {
        LiveContainerd engine = Prepared();
        damage(engine);
        string[] found;
        try
        {
            found = await Diagnose(engine, allNamespaces);
        }
        finally
        {
            mend(engine);
        }

        Assert.Equal(expected, found);
        Assert.Empty(await Diagnose(engine));
    }

    private LiveContainerd Prepared()
    {
        LiveContainerd engine = shared.Engine;
        if (engine.TryCtr("containers", "info", "running").ExitCode != 0)
        {
            engine.RunContainer("running");
            engine.RunContainer("stopped");
            engine.Stop("stopped");
        }

        return engine;
    }

    private static Task<StorageSnapshot> Capture(LiveContainerd engine, bool allNamespaces) => StorageSnapshot.CaptureAsync(
        new SnapshotOptions { EngineProcessId = engine.ProcessId, AllNamespaces = allNamespaces }, TestContext.Current.CancellationToken);

    /// <summary>The findings of warning or above; store and mounts must not change meanwhile. Shortly after a removal containerd itself writes to its databases: what a diagnosis changed would be changed each time.</summary>
    private static async Task<string[]> Diagnose(LiveContainerd engine, bool allNamespaces = false)
    {
        const int MostTries = 10;
        for (int tries = 1; ; tries++)
        {
            string before = Look(engine);
            DiagnosisReport report = await Report(engine, allNamespaces);
            string after = Look(engine);
            if (tries == MostTries)
                Assert.Equal(before, after);
            if (before == after)
                return DamagedStore.Ids(report);
        }
    }

    private static async Task<DiagnosisReport> Report(LiveContainerd engine, bool allNamespaces)
    {
        StorageSnapshot snapshot = await Capture(engine, allNamespaces);
        Assert.Contains(snapshot.Stores.Value, store => store is ContainerdSnapshotStore && store.DataRoot == BytePath.FromText(LiveContainerd.DataRoot));
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);
        foreach (Finding finding in report.Findings)
            TestContext.Current.TestOutputHelper?.WriteLine($"{finding} {string.Join(" | ", finding.Evidence)}");
        foreach (SuspendedRule rule in report.Suspended.Where(rule => allNamespaces))
            TestContext.Current.TestOutputHelper?.WriteLine($"{rule.RuleId}: {rule.Because}");
        return report;
    }

    private static string Look(LiveContainerd engine)
    {
        ToolRun run = ToolRun.Of("sh", ["-c", Fingerprint, "look", engine.Root + LiveContainerd.DataRoot]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output + File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{engine.ProcessId}/mountinfo"));
    }
}
