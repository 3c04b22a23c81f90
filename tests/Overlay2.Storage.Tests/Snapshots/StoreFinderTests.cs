using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>Where a capture looks for stores.</summary>
public sealed class StoreFinderTests
{
    [Fact]
    public async Task Stores_are_found_by_configuration_and_at_their_usual_places()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithContainersStore("srv/containers").WithContainersStore("images").WithContainersStore("home/ann/.local/share/containers/storage").WithContainersStore("data/bob")
            .WithFile("usr/share/containers/storage.conf", "[storage]\ngraphroot = '/elsewhere'\n")
            .WithFile("etc/containers/storage.conf", "[storage]\ngraphroot = '/wrong'\n[storage.options]\nadditionalimagestores = ['/images']\n")
            .WithFile("usr/share/containers/storage.conf.d/10-a.conf", "[storage]\ngraphroot = '/wrong-too'\n")
            .WithFile("etc/containers/storage.conf.d/20-b.conf", "[storage]\ngraphroot = '/link/containers'\n")
            .WithFile("etc/containers/storage.conf.d/30-c.txt", "[storage]\ngraphroot = '/not-read'\n")
            .WithLink("link", "/srv")
            .WithFile("etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\nbad line\n")
            .WithFile("home/bob/.config/containers/storage.conf", "[storage]\nrootless_storage_path = '/data/$USER'\n");
        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal(["/srv/containers", "/images", "/data/bob", "/home/ann/.local/share/containers/storage"], snapshot.Stores.Value.Select(store => store.DataRoot.ToString()));
        Assert.Equal(["/images"], ((ContainersStorageStore)snapshot.Stores.Value[0]).ImageStores.Select(store => store.ToString()));
        Assert.Equal(4, snapshot.DriverHomes.Value.Length);
        Assert.Contains(snapshot.FileSystems.Value, fileSystem => fileSystem.Path.ToString() == "/srv/containers");
    }

    [Fact]
    public async Task Stores_are_found_by_their_mounts()
    {
        string layer = new('c', 64);
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("odd/place")
            .WithFile("proc/1/mountinfo", $"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:50 / /odd/place/overlay/{layer}/merged rw - overlay overlay rw,lowerdir=/x,upperdir=/y,workdir=/z\n");

        Assert.Equal("/odd/place", Assert.Single((await Capture(tree)).Stores.Value).DataRoot.ToString());
    }

    [Theory]
    [InlineData("version = 2\nroot = '/data/containerd'\n[plugins.'io.containerd.internal.v1.opt']\nroot = '/opt'\n", "/data/containerd")]
    [InlineData("root = 'relative'\n", "/var/lib/containerd")]
    [InlineData("root = \n", "/var/lib/containerd")]
    public async Task The_root_of_containerd_is_the_configured_one(string configuration, string root)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/containerd/config.toml", configuration)
            .WithDirectory("data/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs")
            .WithDirectory("var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs");

        Assert.Equal(root, Assert.Single((await Capture(tree)).Stores.Value, store => store.Kind == LayerStoreKind.ContainerdSnapshots).DataRoot.ToString());
    }

    [Fact]
    public async Task An_empty_place_is_no_store()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("var/lib/containers/storage");
        Assert.Empty((await Capture(tree)).Stores.Value);
    }

    [Fact]
    public async Task Only_the_stores_that_somebody_names_are_read()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("srv/a").WithContainersStore("var/lib/containers/storage").WithDirectory("var/lib/docker/overlay2");
        StorageSnapshot snapshot = await Capture(tree, new StoreLocation(LayerStoreKind.ContainersStorage, BytePath.FromText("/srv/a")));

        Assert.Equal("/srv/a", Assert.Single(snapshot.Stores.Value).DataRoot.ToString());
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_is_a_problem_of_the_store()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("var/lib/containers/storage").WithFile("etc/containers/storage.conf", "[storage\n");
        ILayerStore store = Assert.Single((await Capture(tree)).Stores.Value);

        Assert.Equal("/etc/containers/storage.conf", Assert.Single(store.ReadProblems).Path.ToString());
        Assert.Equal(3, store.Layers.Count);
    }

    [Fact]
    public async Task A_snapshot_with_several_stores_survives_saving_and_redacting()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("var/lib/containers/storage")
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), "var/lib/docker");
        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal([LayerStoreKind.DockerClassic, LayerStoreKind.ContainersStorage], Load(Save(snapshot)).Stores.Value.Select(store => store.Kind));
        Assert.Equal(Save(snapshot), Save(Load(Save(snapshot))));
        byte[] redacted = Save(snapshot.Redact());
        Assert.Equal(redacted, Save(Load(redacted)));
        Assert.DoesNotContain(ContainersTree.Writable, System.Text.Encoding.UTF8.GetString(redacted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_place_is_told_with_how_it_was_found_and_what_was_there()
    {
        string layer = new('c', 64);
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("home/ann/.local/share/containers/storage").WithContainersStore("odd/place")
            .WithDirectory("images").WithFile("srv/containerd", "no directory")
            .WithFile("etc/containers/storage.conf", "[storage.options]\nadditionalimagestores = ['/images']\n")
            .WithFile("etc/containerd/config.toml", "root = '/srv/containerd'\n")
            .WithFile("proc/1/mountinfo", $"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:50 / /odd/place/overlay/{layer}/merged rw - overlay overlay rw,lowerdir=/x,upperdir=/y,workdir=/z\n");
        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal(
            [
                "DockerClassic /var/lib/docker Usual NothingThere",
                "DockerClassic /var/snap/docker/common/var-lib-docker Usual NothingThere",
                "DockerClassic /mnt/data/docker Usual NothingThere",
                "ContainersStorage /var/lib/containers/storage Usual NothingThere",
                "ContainersStorage /images Configured NothingThere",
                "ContainersStorage /home/ann/.local/share/containers/storage Usual Found",
                "ContainersStorage /var/lib/isulad/storage Usual NothingThere",
                "ContainerdSnapshots /srv/containerd Configured Unreadable",
                "ContainerdSnapshots /var/lib/docker/containerd/daemon Usual NothingThere",
                "ContainerdSnapshots /var/snap/docker/common/var-lib-docker/containerd/daemon Usual NothingThere",
                "ContainerdSnapshots /mnt/data/docker/containerd/daemon Usual NothingThere",
                "ContainerdSnapshots /var/lib/rancher/k3s/agent/containerd Usual NothingThere",
                "ContainerdSnapshots /var/lib/rancher/rke2/agent/containerd Usual NothingThere",
                "ContainerdSnapshots /var/lib/k0s/containerd Usual NothingThere",
                "ContainerdSnapshots /var/snap/microk8s/common/var/lib/containerd Usual NothingThere",
                "ContainerdSnapshots /var/lib/buildkit/runc-overlayfs Usual NothingThere",
                "ContainersStorage /odd/place Mounted Found",
            ],
            snapshot.StorePlaces.Value.Select(place => $"{place.Kind} {place.Path} {place.Origin} {place.Outcome}"));
        Assert.Equal([StoreProblemReason.WrongType], snapshot.StorePlaces.Value.Select(place => place.Problem?.Reason).OfType<StoreProblemReason>());
        Assert.Equal(snapshot.StorePlaces.Value, Load(Save(snapshot)).StorePlaces.Value);
        StorageSnapshot redacted = snapshot.Redact("key"u8);
        Assert.Equal(snapshot.StorePlaces.Value.Select(place => (place.Kind, place.Origin, place.Outcome, place.Problem?.Reason)), redacted.StorePlaces.Value.Select(place => (place.Kind, place.Origin, place.Outcome, place.Problem?.Reason)));
        Assert.DoesNotContain(redacted.StorePlaces.Value, place => place.Path.ToString().Contains("odd", StringComparison.Ordinal) || place.Path.ToString().Contains("ann", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_place_that_only_a_user_tells_of_is_the_users()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("srv/roots").WithContainersStore("srv/secret").WithDirectory("srv/engine/image/overlay2").WithDirectory("home/ann/.local/share/docker/image/overlay2")
            .WithFile("etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:65533:65533::/home/bob:/bin/sh\n")
            .WithFile("etc/containers/storage.conf", "[storage.options]\nadditionalimagestores = ['/srv/roots']\n")
            .WithFile("home/bob/.config/containers/storage.conf", "[storage]\ngraphroot = '/srv/secret'\n[storage.options]\nadditionalimagestores = ['/srv/roots']\n")
            .WithFile("home/bob/.config/docker/daemon.json", """{"data-root":"/srv/engine"}""");
        if (Environment.IsPrivilegedProcess)
        {
            using System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["65533", tree["home/bob/.config/containers/storage.conf"], tree["home/bob/.config/docker/daemon.json"]]);
            await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        StorageSnapshot snapshot = await Capture(tree);
        Assert.Equal(
            [("/srv/engine", "user bob names it"), ("/home/ann/.local/share/docker", "user ann names it"), ("/srv/roots", null), ("/srv/secret", "user bob names it")],
            snapshot.StorePlaces.Value.Where(place => place.Outcome == StorePlaceOutcome.Found).Select(place => (place.Path.ToString(), place.Outsider)));
        Assert.DoesNotContain("bob", snapshot.Redact().StorePlaces.Value[0].Outsider ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_somebody_names_is_told_as_such_and_no_other_is_looked_at()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("srv/a");
        StorageSnapshot snapshot = await Capture(tree, new StoreLocation(LayerStoreKind.ContainersStorage, BytePath.FromText("/srv/a")), new StoreLocation(LayerStoreKind.DockerClassic, BytePath.FromText("/srv/b")));

        Assert.Equal([("/srv/a", StorePlaceOrigin.Named, StorePlaceOutcome.Found), ("/srv/b", StorePlaceOrigin.Named, StorePlaceOutcome.NothingThere)], snapshot.StorePlaces.Value.Select(place => (place.Path.ToString(), place.Origin, place.Outcome)));
    }

    [Fact]
    public async Task A_containerd_that_somebody_names_has_the_directories_that_its_configuration_says()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("data/containerd").WithLink("link", "/data")
            .WithFile("etc/containerd/config.toml", "version = 2\nroot = '/link/containerd'\nstate = '/run/other'\n[plugins.'io.containerd.snapshotter.v1.overlayfs']\nroot_path = '/srv/home'\n");
        ILayerStore store = Assert.Single((await Capture(tree, new StoreLocation(LayerStoreKind.ContainerdSnapshots, BytePath.FromText("/data/containerd")))).Stores.Value);

        Assert.Equal(("/srv/home", "/run/other"), (store.DriverHome.ToString(), store.StateDirectory.ToString()));
    }

    [Fact]
    public void A_file_of_an_earlier_version_tells_no_places() =>
        Assert.Equal(SnapshotPartStatus.NotTaken, Load("""{"formatVersion":1,"stores":{"status":"Known","value":[]} }"""u8.ToArray()).StorePlaces.Status);

    [Fact]
    public async Task Relative_places_are_a_mistake() => await Assert.ThrowsAsync<ArgumentException>(() =>
        StorageSnapshot.CaptureAsync(new SnapshotOptions { Stores = [new StoreLocation(LayerStoreKind.DockerClassic, BytePath.FromText("a"))] }, TestContext.Current.CancellationToken));

    private static Task<StorageSnapshot> Capture(TemporaryTree tree, params StoreLocation[] stores) =>
        StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = tree.Path, Stores = [.. stores] }, TestContext.Current.CancellationToken);

    private static byte[] Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return stream.ToArray();
    }

    private static StorageSnapshot Load(byte[] file) => StorageSnapshot.Load(new MemoryStream(file));
}
