using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class CaptureTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public async Task This_host_is_captured_and_survives_saving_and_loading()
    {
        StorageSnapshot snapshot = await Capture(new SnapshotOptions { TimeProvider = new FixedTime() });

        Assert.Equal(s_now, snapshot.Time.Value);
        Assert.InRange(snapshot.BootTime.Value, DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UtcNow);
        Assert.Contains(snapshot.Mounts.Value.Entries, mount => mount.MountPoint == BytePath.Root);
        Assert.True(snapshot.Kernel.Value.Version.Major >= 3);
        Assert.Contains(snapshot.Processes.Value, process => process.ProcessId == Environment.ProcessId && process.MountNamespaceId > 0);
        Assert.True(snapshot.Configuration.IsKnown);
        Assert.True(snapshot.OtherNamespaces.IsKnown);
        Assert.Equal(SnapshotPartStatus.NotTaken, (await Capture(new SnapshotOptions { AllNamespaces = false })).OtherNamespaces.Status);
        Assert.Equal(Save(snapshot), Save(StorageSnapshot.Load(new MemoryStream(Save(snapshot)))));
    }

    [Fact]
    public async Task A_host_below_a_directory_is_captured_with_its_own_paths()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-running"), "host/disk/docker")
            .WithLink("host/var/lib/docker", "/disk/docker")
            .WithFile("host/etc/machine-id", "0123abcd\n")
            .WithFile("host/etc/fstab", "/dev/sdb1 /disk ext4 defaults 0 2\n")
            .WithFile("host/etc/docker/daemon.json", "{\"storage-driver\":\"overlay2\",\"http-proxy\":\"http://u:pa55@h\"}")
            .WithFile("host/proc/1/mountinfo", File.ReadAllBytes(Repository.Data("docker-root", "healthy-running", "mountinfo.txt")))
            .WithFile("host/proc/1/comm", "init\n")
            .WithFile("host/proc/sys/kernel/osrelease", "6.18.0\n")
            .WithFile("host/proc/sys/kernel/random/boot_id", "b-o-o-t\n")
            .WithFile("host/proc/sys/fs/mount-max", "12345\n")
            .WithFile("host/proc/stat", "cpu  1 2 3\nintr 0 0\nctxt 7\nbtime 1795000000\nprocesses 9\n")
            .WithFile("host/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/x", "")
            .WithDirectory("host/var/lib/containerd/io.containerd.snapshotter.v1.native/snapshots");

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path.Combine(BytePath.FromText("host")) });

        Assert.Equal("0123abcd", snapshot.HostId.Value);
        Assert.Equal("b-o-o-t", snapshot.BootId.Value);
        Assert.Equal(1795000000, snapshot.BootTime.Value.ToUnixTimeSeconds());
        Assert.Equal(12345, snapshot.MountLimit.Value);
        Assert.Equal("6.18.0", snapshot.Kernel.Value.Release);
        Assert.Equal("/disk", Assert.Single(snapshot.ConfiguredMounts.Value).MountPoint.ToString());
        Assert.Equal(2, snapshot.Mounts.Value.Entries.Count(mount => mount.IsOverlay));
        DockerClassicStore store = Assert.Single(snapshot.Stores.Value.OfType<DockerClassicStore>());
        Assert.Equal("1", Assert.Single(Assert.Single(snapshot.Stores.Value.OfType<ContainerdSnapshotStore>()).Layers).Id.ToString());
        Assert.Equal("/disk/docker/overlay2", store.DriverHome.ToString());
        Assert.Equal(7, store.Layers.Count);
        Assert.Null(store.Home.MountId);
        Assert.Equal(["/disk/docker/overlay2", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"], snapshot.DriverHomes.Value.Select(home => home.ToString()));
        Assert.Equal(["/disk/docker", "/disk/docker/overlay2", "/var/lib/containerd", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"], snapshot.FileSystems.Value.Select(fileSystem => fileSystem.Path.ToString()));
        Assert.All(snapshot.FileSystems.Value, fileSystem => Assert.InRange(fileSystem.AvailableBytes, 1UL, fileSystem.TotalBytes));
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Processes.Status);
        Assert.DoesNotContain("pa55", System.Text.Encoding.UTF8.GetString(Save(snapshot)), StringComparison.Ordinal);
        Assert.Contains("REDACTED", snapshot.Configuration.Value[BytePath.FromText("/etc/docker/daemon.json")].Content.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("btime 1\n", 1L)]
    [InlineData("cpu 1\nbtime 1795000000", 1795000000L)]
    [InlineData("btime 253402300799\n", 253402300799L)]
    [InlineData("btime 253402300800\n", null)]
    [InlineData("btime -1\n", null)]
    [InlineData("btime 99999999999999999999\n", null)]
    [InlineData("btime\nbtime x\n", null)]
    [InlineData("", null)]
    public void The_time_of_the_boot_is_a_number_of_seconds(string statistics, long? expected) =>
        Assert.Equal(expected, SnapshotCapture.BootTimeOf(System.Text.Encoding.UTF8.GetBytes(statistics))?.ToUnixTimeSeconds());

    [Fact]
    public async Task An_empty_host_fails_part_by_part_and_has_no_store()
    {
        using var tree = new TemporaryTree();

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path });

        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Mounts.Status);
        Assert.Contains("ENOENT", snapshot.HostId.Reason, StringComparison.Ordinal);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.BootId.Status);
        Assert.Contains("/proc/stat", snapshot.BootTime.Reason, StringComparison.Ordinal);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Processes.Status);
        Assert.Empty(snapshot.Stores.Value);
        Assert.True(snapshot.Time.IsKnown);
    }

    [Fact]
    public async Task A_data_root_that_was_named_and_is_not_there_is_a_problem_of_the_store()
    {
        using var tree = new TemporaryTree();

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path, DataRoot = BytePath.FromText("/srv/docker") });

        var store = (DockerClassicStore)Assert.Single(snapshot.Stores.Value);
        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(store.ReadProblems).Reason);
        Assert.Equal(StoreEntryType.Missing, store.Home.Type);
    }

    [Fact]
    public async Task A_host_root_that_is_not_there_fails_every_part_that_needs_it()
    {
        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = BytePath.FromText("/nonexistent") });

        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Stores.Status);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Configuration.Status);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Kernel.Status);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Mounts.Status);
    }

    [Fact]
    public async Task A_data_root_behind_looping_links_is_a_problem()
    {
        using TemporaryTree tree = new TemporaryTree().WithLink("var/lib/docker", "docker");

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path });

        var store = (DockerClassicStore)Assert.Single(snapshot.Stores.Value);
        Assert.Equal(StoreProblemReason.SymbolicLink, Assert.Single(store.ReadProblems).Reason);
    }

    [Fact]
    public async Task Mount_ids_of_a_recorded_host_are_not_those_of_this_one_though_the_numbers_are()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-running"), "var/lib/docker")
            .WithFile("proc/1/mountinfo", File.ReadAllBytes("/proc/self/mountinfo"));

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path });

        Assert.NotEmpty(snapshot.Mounts.Value.Entries);
        Assert.Null(Assert.Single(snapshot.Stores.Value.OfType<DockerClassicStore>()).Home.MountId);
    }

    [Theory]
    [InlineData("\"Running\":true,\"Pid\":999999999", 8)]
    [InlineData("\"Running\":true,\"Restarting\":true,\"Pid\":0", 0)]
    [InlineData("\"Running\":false,\"Pid\":0", 0)]
    public async Task Where_a_container_may_have_ended_just_now_the_host_is_looked_at_again(string state, int more)
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile($"containers/{new string('1', 64)}/config.v2.json", $"{{\"State\":{{{state}}},\"Driver\":\"overlay2\"}}")
            .WithDirectory("overlay2/l");
        var time = new FixedTime();

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { DataRoot = tree.Path, TimeProvider = time });

        Assert.Single(Assert.Single(snapshot.Stores.Value.OfType<DockerClassicStore>()).Containers);
        Assert.Equal(more, time.Waits);
    }

    [Fact]
    public async Task Links_of_a_recorded_proc_do_not_lead_out()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile("outside/var/lib/docker/overlay2/l/x", "")
            .WithFile("outside/mountinfo", "1 0 8:1 / / rw - ext4 outside rw\n")
            .WithLink("host/proc/1/root", "../../../outside")
            .WithLink("host/proc/1/ns/mnt", "mnt:[4026531841]")
            .WithLink("host/proc/1/mountinfo", "../../../../outside/mountinfo")
            .WithLink("host/etc/machine-id", "../../outside/mountinfo");

        StorageSnapshot snapshot = await Capture(new SnapshotOptions { HostRoot = tree.Path.Combine(BytePath.FromText("host")), AllNamespaces = true });

        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Mounts.Status);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.HostId.Status);
        Assert.Equal(SnapshotPartStatus.Failed, snapshot.OtherNamespaces.Status);
        Assert.Empty(snapshot.Stores.Value);
    }

    [Fact]
    public async Task Other_namespaces_are_read_when_asked()
    {
        StorageSnapshot snapshot = await Capture(new SnapshotOptions { AllNamespaces = true });

        Assert.True(snapshot.OtherNamespaces.IsKnown, snapshot.OtherNamespaces.Reason);
        Assert.True(snapshot.OtherNamespaces.Value.IsEmpty || snapshot.OtherNamespaces.Value.All(found => found.Processes.Length > 0));
    }

    [Fact]
    public void Relative_paths_are_misuse()
    {
        Assert.Throws<ArgumentException>(() => { _ = StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = BytePath.FromText("host") }, TestContext.Current.CancellationToken); });
        Assert.Throws<ArgumentException>(() => { _ = StorageSnapshot.CaptureAsync(new SnapshotOptions { DataRoot = BytePath.FromText("docker") }, TestContext.Current.CancellationToken); });
    }

    private static Task<StorageSnapshot> Capture(SnapshotOptions options) => StorageSnapshot.CaptureAsync(options, TestContext.Current.CancellationToken);

    private static byte[] Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return stream.ToArray();
    }

    private sealed class FixedTime : TimeProvider
    {
        public int Waits { get; private set; }

        public override DateTimeOffset GetUtcNow() => s_now;

        /// <summary>Whoever waits goes on at once.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits++;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
