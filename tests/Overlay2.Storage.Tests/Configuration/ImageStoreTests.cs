using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

/// <summary>Which image store an engine takes, and where an engine with remapped users keeps it. Engine 29 was not run: the rules are those of its documentation.</summary>
public sealed class ImageStoreTests
{
    private const string Unit = "/lib/systemd/system/docker.service";

    [Theory]
    [InlineData("{}", 29, "", true)]
    [InlineData("{}", 28, "", false)]
    [InlineData("{}", null, "", null)]
    [InlineData("{}", 29, "overlay2", false)]
    [InlineData("{}", null, "vfs", false)]
    [InlineData("""{"features":{"containerd-snapshotter":true}}""", 29, "overlay2", true)]
    [InlineData("""{"features":{"containerd-snapshotter":true}}""", 27, "", true)]
    [InlineData("""{"features":{"containerd-snapshotter":false}}""", 29, "", false)]
    [InlineData("""{"storage-driver":"overlay2"}""", 29, "", false)]
    [InlineData("""{"storage-driver":"overlay2"}""", null, "", false)]
    [InlineData("""{"storage-driver":"overlayfs"}""", 29, "", true)]
    [InlineData("""{"storage-driver":"overlayfs"}""", null, "", null)]
    [InlineData("""{"userns-remap":"default"}""", 29, "", false)]
    [InlineData("""{"userns-remap":"root"}""", 29, "", true)]
    public void The_image_store_is_chosen_as_documented(string daemonJson, int? version, string prior, bool? usesContainerd) => Assert.Equal(
        usesContainerd, Resolve(("/etc/docker/daemon.json", daemonJson)).ChooseImageStore(new EngineHost { MajorVersion = version, PriorDrivers = prior.Length == 0 ? [] : [prior] }).UsesContainerd);

    [Theory]
    [InlineData("Environment=DOCKER_DRIVER=overlay2\nExecStart=/usr/bin/dockerd", false)]
    [InlineData("ExecStart=/usr/bin/dockerd --feature containerd-snapshotter", true)]
    [InlineData("ExecStart=/usr/bin/dockerd --feature containerd-snapshotter=false", false)]
    [InlineData("ExecStart=/usr/bin/dockerd --feature=other", true)]
    public void Flags_and_variables_choose_it_too(string service, bool usesContainerd) => Assert.Equal(
        usesContainerd, Resolve((Unit, $"[Service]\n{service}\n")).ChooseImageStore(new EngineHost { MajorVersion = 29 }).UsesContainerd);

    [Fact]
    public void Migration_its_threshold_and_containerd_in_the_engine_are_known_with_their_places()
    {
        EngineConfiguration configuration = Resolve(
            (Unit, "[Service]\nEnvironment=DOCKER_MIGRATE_SNAPSHOTTER_THRESHOLD=200M\nExecStart=/usr/bin/dockerd\n"), ("/etc/docker/daemon.json", """{"features":{"containerd-migration":true,"embedded-containerd":true}}"""));

        Assert.Equal("DOCKER_MIGRATE_SNAPSHOTTER_THRESHOLD=200M (/lib/systemd/system/docker.service:2)", configuration.MigrationThreshold!.ToString());
        Assert.Equal(("true", "true"), (configuration.ContainerdMigration!.Value.ToString(), configuration.EmbeddedContainerd!.Value.ToString()));
        Assert.Empty(configuration.Problems);
    }

    [Theory]
    [InlineData("overlay2", true, EngineProblemKind.ImageStoreConflict, 27, false)]
    [InlineData("devicemapper", true, EngineProblemKind.ImageStoreConflict, 27, false)]
    [InlineData("overlayfs", false, EngineProblemKind.UnsupportedDriver, 29, true)]
    [InlineData("nydus", false, EngineProblemKind.UnsupportedDriver, 28, true)]
    public void A_driver_that_does_not_go_with_the_store_is_a_problem(string driver, bool isOn, EngineProblemKind kind, int version, bool stops)
    {
        EngineProblem problem = Assert.Single(Resolve(("/etc/docker/daemon.json", $$$"""{"storage-driver":"{{{driver}}}","features":{"containerd-snapshotter":{{{(isOn ? "true" : "false")}}}}}""")).Problems);
        Assert.Equal((kind, stops), (problem.Kind, problem.StopsEngine(version)));
    }

    [Fact]
    public void A_driver_of_the_environment_conflicts_with_the_store_too() => Assert.Contains(
        Resolve((Unit, "[Service]\nEnvironment=DOCKER_DRIVER=overlay2\nExecStart=/usr/bin/dockerd --feature containerd-snapshotter\n")).Problems,
        problem => problem.Kind == EngineProblemKind.ImageStoreConflict && problem.Sources.Length == 2);

    [Theory]
    [InlineData("-g /apps/docker")]
    [InlineData("--graph=/apps/docker")]
    [InlineData("--graph /apps/docker")]
    public void The_old_flag_of_the_data_root_is_gone_since_23(string flag)
    {
        EngineProblem problem = Assert.Single(Resolve((Unit, $"[Service]\nExecStart=/usr/bin/dockerd {flag}\n")).Problems);
        Assert.Equal("Engines from 23 on know no flag --graph.", problem.Message);
        Assert.Equal((false, true), (problem.StopsEngine(20), problem.StopsEngine(23)));
    }

    [Theory]
    [InlineData("ann", "ann:100000:65536\n", "ann:200000:65536\n", "/var/lib/docker/100000.200000")]
    [InlineData("1000", "x:1:1\nann:100000:65536\nann:1:1\n", "1000:200000:65536\n", "/var/lib/docker/100000.200000")]
    [InlineData("ann:staff", "ann:100000:65536\n", "staff:300000:65536\n", "/var/lib/docker/100000.300000")]
    [InlineData("default", "dockremap:100000:65536", "dockremap:100000:65536", "/var/lib/docker/100000.100000")]
    [InlineData("ann", "bob:100000:65536\n", "ann:200000:65536\n", null)]
    [InlineData("ann", "ann:many:65536\n", "ann:200000:65536\n", null)]
    [InlineData("../x", "../x:1:1\n", "../x:1:1\n", "/var/lib/docker/1.1")]
    [InlineData("root", "root:1:1\n", "root:1:1\n", "/var/lib/docker")]
    public void The_root_in_force_is_that_of_the_first_subordinate_ids(string user, string users, string groups, string? root)
    {
        EngineConfiguration configuration = Resolve(
            ("/etc/docker/daemon.json", $$"""{"userns-remap":"{{user}}"}"""), ("/etc/passwd", "ann:x:1000:1000::/home/ann:/bin/sh\n"), ("/etc/subuid", users), ("/etc/subgid", groups));
        Assert.Equal(root, configuration.EngineRoot?.ToString());
        Assert.Equal(root is null, configuration.UnknownEngineRoot.Length > 0);
        Assert.Equal(root is null ? [EngineProblemKind.NoSubordinateIds] : [], configuration.Problems.Select(problem => problem.Kind));
    }

    [Theory]
    [InlineData("ann", "", false)]
    [InlineData("default", "ann:1:1\n", false)]
    [InlineData("of-a-directory-service", "ann:1:1\n", false)]
    [InlineData("ann", "bob:1:1\n", true)]
    public void A_user_of_whom_nothing_is_known_is_no_problem(string user, string ids, bool isProblem)
    {
        (string, string)[] files = [("/etc/docker/daemon.json", $$"""{"userns-remap":"{{user}}"}"""), ("/etc/passwd", "ann:x:1000:1000::/home/ann:/bin/sh\n")];
        if (ids.Length > 0)
            files = [.. files, ("/etc/subuid", ids), ("/etc/subgid", ids)];
        EngineConfiguration configuration = Resolve(files);
        Assert.Null(configuration.EngineRoot);
        Assert.Equal(isProblem, configuration.Problems.Any(problem => problem.Kind == EngineProblemKind.NoSubordinateIds));
    }

    [Fact]
    public void Of_the_hosts_users_only_the_remapped_one_is_kept()
    {
        using var tree = new Engines.TemporaryTree();
        tree.WithFile("etc/docker/daemon.json", """{"userns-remap":"ann"}""").WithFile("etc/passwd", "bob:secret:1001:1001:Bob:/home/bob:/bin/sh\nann:hash:1000:1000:Ann A., 555:/home/ann:/bin/sh\n")
            .WithFile("etc/subuid", "bob:1:1\nann:100000:65536\n").WithFile("etc/subgid", "ann:100000:65536\n");
        EngineConfigurationFiles files = EngineConfigurationFiles.Read(tree.Path);

        Assert.Equal("ann::1000:1000\n", System.Text.Encoding.UTF8.GetString(files[BytePath.FromText("/etc/passwd")].Content.Span));
        Assert.Equal("ann:100000:65536\n", System.Text.Encoding.UTF8.GetString(files[BytePath.FromText("/etc/subuid")].Content.Span));
        EngineConfigurationFiles filtered = Overlay2.Storage.Configuration.Secrets.SecretFilter.Apply(files);
        Assert.Equal("/var/lib/docker/100000.100000", EngineConfiguration.Resolve(filtered).EngineRoot?.ToString());
        Assert.DoesNotContain(EngineConfigurationFiles.Read(tree.WithFile("etc/docker/daemon.json", "{}").Path).Files.Keys, path => path.ToString() == "/etc/passwd");
    }

    [Theory]
    [InlineData("", "/var/snap/docker/common/var-lib-docker")]
    [InlineData("{}", "/var/lib/docker")]
    public void The_snaps_file_counts_where_the_host_has_none(string ofHost, string dataRoot)
    {
        (string, string)[] files = [("/var/snap/docker/current/config/daemon.json", """{"storage-driver":"overlay2"}""")];
        if (ofHost.Length > 0)
            files = [.. files, ("/etc/docker/daemon.json", ofHost)];
        EngineConfiguration configuration = Resolve(files);
        Assert.Equal((dataRoot, ofHost.Length == 0), (configuration.DataRoot.Value.ToString(), configuration.StorageDriver is not null));
        Assert.Equal("/var/lib/docker", Resolve([.. files, (Unit, "[Service]\nExecStart=/usr/bin/dockerd\n")]).DataRoot.Value.ToString());
    }

    [Theory]
    [InlineData("ovelay2")]
    [InlineData("overlay3")]
    [InlineData("none")]
    public void A_driver_that_no_engine_has_is_refused(string driver) =>
        Assert.Contains("no engine has", Assert.Throws<ArgumentException>(() => StorageDriverChange.Plan(EngineConfigurationFiles.Empty, driver)).Message, StringComparison.Ordinal);

    private static EngineConfiguration Resolve(params (string Path, string Content)[] files) => EngineConfiguration.Resolve(
        files.Aggregate(EngineConfigurationFiles.Empty, (all, file) => all.With(BytePath.FromText(file.Path), ByteString.FromText(file.Content))));
}
