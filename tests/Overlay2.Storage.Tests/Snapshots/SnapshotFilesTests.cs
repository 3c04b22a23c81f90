using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class SnapshotFilesTests
{
    [Fact]
    public void What_is_not_given_is_not_taken()
    {
        StorageSnapshot snapshot = FromFiles(new SnapshotFiles());

        Assert.Equal(new StorageSnapshot(), snapshot);
        Assert.Equal(SnapshotPartStatus.NotTaken, snapshot.Mounts.Status);
        Assert.NotEmpty(snapshot.Mounts.Reason);
        Assert.Throws<InvalidOperationException>(() => snapshot.Mounts.Value);
    }

    [Theory]
    [InlineData("healthy-running", "tree.json", 2)]
    [InlineData("healthy-stopped", "tree.json.gz", 0)]
    public void A_recorded_store_and_a_mountinfo_make_a_snapshot(string state, string tree, int overlays)
    {
        StorageSnapshot snapshot = FromFiles(new SnapshotFiles
        {
            MountInfo = Data(state, "mountinfo.txt"),
            Store = Data(state, tree),
            EngineInfo = Data("healthy-running", "docker-info.json"),
            EngineLog = Data(state, "messages.txt"),
        });

        Assert.Equal(overlays, snapshot.Mounts.Value.Entries.Count(mount => mount.IsOverlay));
        ILayerStore store = Assert.Single(snapshot.Stores.Value);
        Assert.Equal("/var/lib/docker/overlay2", store.DriverHome.ToString());
        Assert.Equal(7, store.Layers.Count);
        Assert.Equal(["/var/lib/docker/overlay2"], snapshot.DriverHomes.Value.Select(home => home.ToString()));
        Assert.Equal(SnapshotPartStatus.NotTaken, snapshot.Kernel.Status);
        Assert.Contains(snapshot.Log.Value, line => line.Source == LogSource.Engine && line.Text.Length > 0);
        EngineInfo engine = snapshot.Engine.Value;
        Assert.Equal(("overlay2", 20, true, true, false), (engine.Driver, engine.MajorVersion, engine.UsesNativeDiff, engine.ReportsEntryTypes, engine.UsesContainerdStore));
    }

    [Fact]
    public void A_copied_directory_is_read_as_the_data_root_it_was()
    {
        using TemporaryTree tree = new TemporaryTree().WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"));

        StorageSnapshot snapshot = FromFiles(new SnapshotFiles { Store = tree.Path, DataRoot = BytePath.FromText("/srv/engine") });

        ILayerStore store = Assert.Single(snapshot.Stores.Value);
        Assert.Equal("/srv/engine/overlay2", store.DriverHome.ToString());
        Assert.Equal(7, store.Layers.Count);
        Assert.Equal(["/srv/engine/overlay2"], snapshot.DriverHomes.Value.Select(home => home.ToString()));
    }

    [Fact]
    public void A_file_that_cannot_be_read_fails_its_part_only()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("bad.json", "{").WithFile("etc/fstab", "# none\n/dev/sdb1\t/var/lib/docker/over\\040lay ext4 rw,noatime 0 2\nUUID=1 none swap sw 0 0\n");
        BytePath missing = tree.Path.Combine(BytePath.FromText("missing"));
        BytePath bad = tree.Path.Combine(BytePath.FromText("bad.json"));

        StorageSnapshot snapshot = FromFiles(new SnapshotFiles
        {
            MountInfo = missing,
            Store = bad,
            EngineInfo = bad,
            KernelProfile = bad,
            KernelLog = missing,
            Configuration = tree.Path,
        });

        Assert.All(
            new[] { snapshot.Mounts.Status, snapshot.Stores.Status, snapshot.Engine.Status, snapshot.Kernel.Status, snapshot.Log.Status },
            status => Assert.Equal(SnapshotPartStatus.Failed, status));
        Assert.Contains("bad.json", snapshot.Engine.Reason, StringComparison.Ordinal);
        Assert.True(snapshot.Configuration.IsKnown);
        ConfiguredMount mount = Assert.Single(snapshot.ConfiguredMounts.Value);
        Assert.Equal(("/var/lib/docker/over lay", "/dev/sdb1", "ext4", "rw,noatime", 2),
            (Encoding.UTF8.GetString(mount.MountPoint.Span), mount.Source.ToString(), mount.FileSystemType.ToString(), mount.Options.ToString(), mount.Line));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void An_engines_answer_that_is_no_object_is_refused(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => EngineInfo.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Members_of_other_types_say_nothing()
    {
        EngineInfo engine = EngineInfo.Parse(Encoding.UTF8.GetBytes("""{"ServerVersion":1,"Driver":"\ud800","DriverStatus":[["Native Overlay Diff",true],["x"],7,["Supports d_type","maybe"]]}"""));

        Assert.Equal(new EngineInfo { UsesContainerdStore = false }, engine);
        Assert.Null(engine.MajorVersion);
    }

    private static BytePath Data(string state, string file) => BytePath.FromText(Repository.Data("docker-root", state, file));

    private static StorageSnapshot FromFiles(SnapshotFiles files) => StorageSnapshot.FromFiles(files, TestContext.Current.CancellationToken);
}
