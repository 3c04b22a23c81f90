using System.Text;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>Where the engines of today have their stores, below a host's root directory and without any of them running.</summary>
public sealed class StorePlacesTests
{
    private const string Passwd = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\ndockremap:x:999:999::/:/bin/false\nci:x:1001:1001::/home/ci:/bin/sh\n";
    private const string Sub = "ann:100000:65536\ndockremap:200000:65536\n1001:300000:65536\n";

    [Theory]
    [InlineData("default", "200000.200000")]
    [InlineData("dockremap", "200000.200000")]
    [InlineData("ann", "100000.100000")]
    [InlineData("1000", "100000.100000")]
    [InlineData("ann:ann", "100000.100000")]
    [InlineData("1000:1000", "100000.100000")]
    [InlineData("ci", "300000.300000")]
    [InlineData("1001", "300000.300000")]
    [InlineData("ann:other", "100000.100000")]
    public async Task The_root_of_an_engine_with_remapped_users_is_that_of_the_ids(string user, string directory)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithFile("etc/subuid", Sub).WithFile("etc/subgid", Sub)
            .WithFile("etc/docker/daemon.json", $$"""{"userns-remap":"{{user}}","data-root":"/srv/docker"}""")
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), $"srv/docker/{directory}");
        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal($"/srv/docker/{directory}", Assert.Single(snapshot.Stores.Value, store => store.Layers.Count > 0).DataRoot.ToString());
        Assert.Contains($"DockerClassic /srv/docker/{directory} Configured Found", Places(snapshot));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"userns-remap":"nobody-knows"}""")]
    [InlineData("""{"userns-remap":"root"}""")]
    public async Task Where_the_ids_are_not_told_every_directory_that_looks_so_is_looked_at(string configuration)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/docker/daemon.json", configuration)
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), "var/lib/docker/165536.165537")
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), "var/lib/docker")
            .WithDirectory("var/lib/docker/1.2").WithDirectory("var/lib/docker/12345678901.1/overlay2").WithDirectory("var/lib/docker/1.2.3/overlay2").WithDirectory("var/lib/docker/a.1/image");
        StorageSnapshot snapshot = await Capture(tree);

        Assert.Equal(["/var/lib/docker", "/var/lib/docker/165536.165537"], snapshot.Stores.Value.Where(store => store.Kind == LayerStoreKind.DockerClassic).Select(store => store.DataRoot.ToString()));
    }

    [Theory]
    [InlineData(LayerStoreKind.DockerClassic, "var/snap/docker/common/var-lib-docker")]
    [InlineData(LayerStoreKind.DockerClassic, "mnt/data/docker")]
    [InlineData(LayerStoreKind.DockerClassic, "home/ann/.local/share/docker")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/lib/docker/containerd/daemon")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "home/ann/.local/share/docker/containerd/daemon")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/lib/rancher/k3s/agent/containerd")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/lib/rancher/rke2/agent/containerd")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/lib/k0s/containerd")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/snap/microk8s/common/var/lib/containerd")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "home/ann/.local/share/containerd")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "var/lib/buildkit/runc-overlayfs")]
    [InlineData(LayerStoreKind.ContainerdSnapshots, "home/ann/.local/share/buildkit/runc-overlayfs")]
    [InlineData(LayerStoreKind.ContainersStorage, "var/lib/isulad/storage")]
    public async Task Stores_are_found_where_packages_and_users_have_them(LayerStoreKind kind, string directory)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd);
        _ = kind switch
        {
            LayerStoreKind.DockerClassic => tree.WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), directory),
            LayerStoreKind.ContainersStorage => tree.WithContainersStore(directory),
            _ => tree.WithDirectory($"{directory}/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs"),
        };
        StorageSnapshot snapshot = await Capture(tree);

        SearchedStorePlace place = Assert.Single(snapshot.StorePlaces.Value, place => place.Kind == kind && place.Path.ToString() == "/" + directory);
        Assert.Equal((StorePlaceOrigin.Usual, StorePlaceOutcome.Found), (place.Origin, place.Outcome));
        Assert.Equal(directory.StartsWith("home", StringComparison.Ordinal), place.IsOfUser);
        Assert.Contains(snapshot.Stores.Value, store => store.Kind == kind && store.DataRoot.ToString() == "/" + directory);
    }

    [Theory]
    [InlineData("var/snap/docker/5/config/daemon.json", """{"data-root":"/data/snap"}""", "DockerClassic /data/snap Configured")]
    [InlineData("etc/rancher/k3s/config.yaml", "write-kubeconfig-mode: \"0644\"\ndata-dir: \"/data/k3s\" # here\n", "ContainerdSnapshots /data/k3s/agent/containerd Configured")]
    [InlineData("etc/rancher/rke2/config.yaml", "data-dir: /data/rke2\n", "ContainerdSnapshots /data/rke2/agent/containerd Configured")]
    [InlineData("var/lib/rancher/k3s/agent/etc/containerd/config.toml", "version = 3\nroot = '/data/containerd'\n", "ContainerdSnapshots /data/containerd Configured")]
    [InlineData("etc/buildkit/buildkitd.toml", "root = '/data/buildkit'\n", "ContainerdSnapshots /data/buildkit/runc-overlayfs Configured")]
    [InlineData("etc/isulad/daemon.json", """{"graph":"/data/isulad","storage-driver":"overlay2"}""", "ContainersStorage /data/isulad/storage Configured")]
    [InlineData("home/ann/.config/containerd/config.toml", "root = '/data/ann'\n", "ContainerdSnapshots /data/ann Configured")]
    [InlineData("etc/rancher/k3s/config.yaml", "node-label:\n  data-dir: /data/wrong\n", "ContainerdSnapshots /var/lib/rancher/k3s/agent/containerd Usual")]
    public async Task Their_own_configurations_are_read(string file, string content, string place)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithFile(file, content).WithLink("var/snap/docker/current", "5").WithDirectory("data/ann").WithDirectory("home/ann/.local/share");

        Assert.Contains(Places(await Capture(tree)), found => found.StartsWith(place + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_of_the_hosts_is_looked_for_beside_that_of_the_snap()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("var/snap/docker/5/config/daemon.json", "{}").WithLink("var/snap/docker/current", "5")
            .WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), "var/lib/docker").WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"), "var/snap/docker/common/var-lib-docker");

        Assert.Equal(["/var/snap/docker/common/var-lib-docker", "/var/lib/docker"], (await Capture(tree)).Stores.Value.Select(store => store.DataRoot.ToString()));
    }

    [Theory]
    [InlineData("etc/containers/storage.rootful.conf.d/50-a.conf", "graphroot = '/data/root'", "/data/root")]
    [InlineData("usr/share/containers/storage.rootful.conf.d/50-a.conf", "graphroot = '/data/root'", "/data/root")]
    [InlineData("etc/containers/storage.rootless.conf.d/50-a.conf", "graphroot = '/data/$USER'", "/data/ann")]
    [InlineData("etc/containers/storage.rootless.conf.d/1000/50-a.conf", "graphroot = '/data/own'", "/data/own")]
    [InlineData("etc/containers/storage.rootless.conf.d/50-a.conf", "rootless_storage_path = '/data/$UID/s'", "/data/1000/s")]
    [InlineData("home/ann/.config/containers/storage.conf.d/50-a.conf", "graphroot = '/home/ann/s'", "/home/ann/s")]
    public async Task Drop_ins_for_root_or_for_users_alone_are_read(string file, string setting, string root)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithFile(file, $"[storage]\n{setting}\n").WithContainersStore(root[1..]);

        Assert.Equal(root, Assert.Single((await Capture(tree)).Stores.Value).DataRoot.ToString());
    }

    [Theory]
    [InlineData("etc/containers/storage.rootful.conf.d/50-a.conf", "home/ann/.local/share/containers/storage")]
    [InlineData("etc/containers/storage.rootless.conf.d/50-a.conf", "var/lib/containers/storage")]
    [InlineData("etc/containers/storage.rootless.conf.d/1001/50-a.conf", "home/ann/.local/share/containers/storage")]
    [InlineData("etc/containers/storage.rootless.conf.d/ann/50-a.conf", "home/ann/.local/share/containers/storage")]
    public async Task Drop_ins_for_others_do_not_count(string file, string root)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithFile(file, "[storage]\ngraphroot = '/data/other'\n").WithContainersStore(root);

        Assert.Equal("/" + root, Assert.Single((await Capture(tree)).Stores.Value).DataRoot.ToString());
    }

    [Fact]
    public async Task The_records_of_BuildKit_have_names_of_their_own()
    {
        byte[] text(string value) => Encoding.ASCII.GetBytes(value);
        byte[] snapshots = new BoltWriter().Write(new BoltWriter.Bucket
        {
            ["v1"] = new BoltWriter.Bucket { ["snapshots"] = new BoltWriter.Bucket { ["buildkit/1/a"] = new BoltWriter.Bucket { ["id"] = new byte[] { 1 }, ["kind"] = new byte[] { 3 } } } },
        });
        byte[] metadata = new BoltWriter().Write(new BoltWriter.Bucket
        {
            ["v1"] = new BoltWriter.Bucket
            {
                ["buildkit"] = new BoltWriter.Bucket
                {
                    ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = new BoltWriter.Bucket { ["a"] = new BoltWriter.Bucket { ["name"] = text("buildkit/1/a") } } },
                    ["leases"] = new BoltWriter.Bucket { ["l"] = new BoltWriter.Bucket { ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = new BoltWriter.Bucket { ["a"] = text("") } } } },
                },
            },
        });
        using TemporaryTree tree = new TemporaryTree().WithDirectory("var/lib/buildkit/runc-overlayfs/snapshots/snapshots/1/fs").WithDirectory("var/lib/buildkit/runc-overlayfs/content/blobs")
            .WithFile("var/lib/buildkit/runc-overlayfs/snapshots/metadata.db", snapshots).WithFile("var/lib/buildkit/runc-overlayfs/containerdmeta.db", metadata)
            .WithDirectory("run/containerd/io.containerd.runtime.v2.task/default/t");
        var store = (ContainerdSnapshotStore)Assert.Single((await Capture(tree)).Stores.Value);

        Assert.Equal(("/var/lib/buildkit/runc-overlayfs/snapshots", "a"), (store.DriverHome.ToString(), Assert.Single(store.SnapshotNames).Name.ToString()));
        Assert.Single(Assert.Single(store.Leases).SnapshotNames);
        Assert.Empty(store.Tasks);
        Assert.Empty(store.ReadProblems);
        Assert.DoesNotContain(store.RecordReferences, reference => reference.Resolution != RecordResolution.Resolved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_records_of_iSulad_that_are_one_in_a_file_are_not_called_lost(bool isOld)
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("var/lib/isulad/storage");
        if (!isOld)
        {
            tree.Without("var/lib/isulad/storage/overlay-layers/layers.json").Without("var/lib/isulad/storage/overlay-images/images.json").Without("var/lib/isulad/storage/overlay-containers/containers.json")
                .WithFile($"var/lib/isulad/storage/overlay-layers/{ContainersTree.Base}/layer.json", "{}");
        }

        ILayerStore store = Assert.Single((await Capture(tree)).Stores.Value);

        Assert.Equal(3, store.Layers.Count);
        Assert.Equal(!isOld, store.ReadProblems.Any(problem => problem.Reason == StoreProblemReason.NotRecorded));
        Assert.DoesNotContain(store.RecordReferences, reference => reference.Resolution == RecordResolution.Dangling);
    }

    [Theory]
    [InlineData("home/ann/.local/share/containers/storage", "", true)]
    [InlineData("home/ann/s", "home/ann/.config/containers/storage.conf", true)]
    [InlineData("srv/s", "home/ann/.config/containers/storage.conf", false)]
    [InlineData("var/lib/containers/storage", "home/ann/.config/containers/storage.conf", false)]
    public async Task A_broken_store_of_a_user_is_told_and_makes_the_host_no_worse(string root, string configuration, bool isOfUser)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithContainersStore(root).WithFile($"{root}/overlay/{ContainersTree.Top}/lower", "");
        if (configuration.Length > 0)
            tree.WithFile(configuration, $"[storage]\ngraphroot = '/{root}'\n");
        StorageSnapshot snapshot = await Capture(tree);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(report.Findings, finding => finding.Severity >= FindingSeverity.Warning && finding.Subject.Path.ToString().StartsWith("/" + root, StringComparison.Ordinal));
        Assert.Equal(isOfUser, report.OfUsers.Length > 0);
        Assert.Equal(isOfUser, report.Status != DiagnosisStatus.Findings);
        Assert.Equal(isOfUser, report.ExitCode is not (1 or 2));
        if (isOfUser)
            Assert.All(report.OfUsers, finding => Assert.Contains("a store that a user has for himself", finding.Evidence[0].Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("home/ann/.local/share/docker")]
    [InlineData("home/ann/.local/share/containerd")]
    [InlineData("home/ann/.local/share/containers/storage")]
    public async Task A_store_of_a_user_that_cannot_be_opened_hides_nothing_of_the_hosts(string place)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithContainersStore("var/lib/containers/storage").WithLink(place, System.IO.Path.GetFileName(place));
        StorageSnapshot snapshot = await Capture(tree);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(snapshot.StorePlaces.Value, found => found is { IsOfUser: true, Outcome: StorePlaceOutcome.Unreadable });
        Assert.Equal((SnapshotPartStatus.Known, SnapshotPartStatus.Known), (snapshot.DriverHomes.Status, snapshot.Uppers.Status));
        SuspendedRule[] ofUser = [.. report.Suspended.Where(rule => rule.Because.Contains("/home/ann", StringComparison.Ordinal))];
        Assert.NotEmpty(ofUser);
        Assert.All(ofUser, rule => Assert.Equal(SuspensionKind.OfUser, rule.Kind));
    }

    [Fact]
    public async Task Nobody_can_call_the_hosts_stores_his()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/passwd", Passwd).WithContainersStore("var/lib/containers/storage")
            .WithFile($"var/lib/containers/storage/overlay/{ContainersTree.Top}/lower", "").WithContainersStore("home/ann/s")
            .WithFile("home/ann/.config/containers/storage.conf", "[storage]\ngraphroot = '/'\n[storage.options]\nadditionalimagestores = ['/var', '/var/lib', '/home/ann/s']\n")
            .WithFile("overlay/l/x", "").WithFile("var/overlay/l/x", "");

        DiagnosisReport report = new StorageDiagnoser().Diagnose(await Capture(tree), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(DiagnosisStatus.Findings, report.Status);
        Assert.DoesNotContain(report.OfUsers, finding => finding.Subject.Path.ToString().StartsWith("/var", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Places(StorageSnapshot snapshot) => snapshot.StorePlaces.Value.Select(place => $"{place.Kind} {place.Path} {place.Origin} {place.Outcome}");

    private static Task<StorageSnapshot> Capture(TemporaryTree tree) => StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = tree.Path }, TestContext.Current.CancellationToken);
}
