using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Plans for faults in the configuration, from the diagnosis to the end and back.</summary>
public sealed class ConfigurationRepairTests : IDisposable
{
    private const string Json = "/etc/docker/daemon.json";
    private const string Storage = "/etc/sysconfig/docker-storage";
    private const string Unit = "/usr/lib/systemd/system/docker.service";
    private const string UnitText = "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n";
    private const string Check = "overlay2.override_kernel_check=true";

    private static readonly EngineProcess s_process = new(7, [ByteString.FromText("/usr/bin/dockerd"), ByteString.FromText("-s"), ByteString.FromText("overlay2")], []);

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-journal").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BytePath Journal => BytePath.FromText($"{_directory}/journal");

    /// <summary>The findings, then the files before and after the repair; a text of <c>-</c> is no file.</summary>
    public static TheoryData<string, string[], string[], string[]> Faults => new()
    {
        { "OVL0601", [Storage, Json], ["DOCKER_STORAGE_OPTIONS=-s overlay2\n", "{\"storage-driver\":\"overlay2\"}"], ["DOCKER_STORAGE_OPTIONS=\n", "{\"storage-driver\":\"overlay2\"}"] },
        {
            "OVL0601 OVL0601", [Storage, Json],
            ["DOCKER_STORAGE_OPTIONS=\"-s overlay2 --log-level info\"\n", "{\"storage-driver\":\"overlay2\",\n\"log-level\":\"warn\"}"],
            ["DOCKER_STORAGE_OPTIONS=\"\"\n", "{\"storage-driver\":\"overlay2\",\n\"log-level\":\"warn\"}"]
        },
        { "OVL0602", [Json], [$"{{\n  \"storage-opts\": [\"{Check}\"]\n}}\n"], ["{\n  \"storage-opts\": []\n}\n"] },
        {
            "OVL0601 OVL0602 OVL0602", [Storage, Json],
            [$"DOCKER_STORAGE_OPTIONS=\"--storage-opt {Check}\"\n", $"{{\n  \"storage-opts\": [\n    \"{Check}\"\n  ]\n}}\n"],
            ["DOCKER_STORAGE_OPTIONS=\"\"\n", "{\n  \"storage-opts\": []\n}\n"]
        },
        { "OVL0603", [Json], ["-"], ["{\n  \"storage-driver\": \"overlay2\"\n}\n"] },
        { "OVL0603", [Json], ["{\"debug\": true}"], ["{\"debug\": true,\"storage-driver\": \"overlay2\"}"] },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_finding_is_gone_afterwards_and_comes_back_with_the_bytes_before(string ids, string[] paths, string[] before, string[] after)
    {
        StorageSnapshot snapshot = Sample(ids, paths, before);
        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);
        Assert.Equal(ids.Split(' ').Distinct(), CorpusSnapshots.Ids(report));
        RepairPlan plan = RepairPlan.Parse(RepairPlanner.Plan(report, cancellationToken: TestContext.Current.CancellationToken).ToJson());
        Assert.Empty(plan.Refusals);
        Assert.Equal(ids.Split(' '), plan.Goals.Select(goal => goal.FindingId));
        Assert.Equal(ids == "OVL0603" ? RepairRisk.R1 : RepairRisk.R2, plan.Risk);
        Assert.All(plan.Steps, step => Assert.Equal(RepairReversibility.Reversible, step.Reversibility));
        var host = new MemoryHost(snapshot);
        var executor = new RepairExecutor(host);

        Assert.Equal(RepairOutcomeStatus.Succeeded, (await executor.DryRunAsync(plan, Token)).Status);
        Assert.Equal(before, paths.Select(path => Text(host, path)));
        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(after, paths.Select(path => Text(host, path)));
        Assert.Empty(CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(await host.CaptureAsync(Token))));

        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.ApplyAsync(plan, BytePath.FromText($"{_directory}/again"), cancellationToken: Token)).Status);
        RepairOutcome back = await executor.RollbackAsync(Journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(before, paths.Select(path => Text(host, path)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_run_that_dies_anywhere_can_be_resumed_and_can_be_rolled_back(string ids, string[] paths, string[] before, string[] after)
    {
        StorageSnapshot snapshot = Sample(ids, paths, before);
        RepairPlan plan = RepairSamples.Plan(snapshot);
        for (int end = 0; end < plan.Steps.Length * 4; end++)
        {
            foreach (bool resumes in new[] { true, false })
            {
                var host = new MemoryHost(snapshot);
                var journal = BytePath.FromText($"{_directory}/{end}-{resumes}");
                int left = end;
                var dying = new RepairExecutor(host) { Checkpoint = _ => { if (left-- == 0) throw new InvalidOperationException("killed"); } };
                await Assert.ThrowsAsync<InvalidOperationException>(() => dying.ApplyAsync(plan, journal, cancellationToken: Token));

                var executor = new RepairExecutor(host);
                RepairOutcome outcome = resumes ? await executor.ResumeAsync(journal, cancellationToken: Token) : await executor.RollbackAsync(journal, cancellationToken: Token);
                Assert.True(outcome.Status == (resumes ? RepairOutcomeStatus.Succeeded : RepairOutcomeStatus.RolledBack), $"{end}: {outcome.Reason}");
                Assert.Equal(resumes ? after : before, paths.Select(path => Text(host, path)));
            }
        }
    }

    [Fact]
    public async Task The_configuration_of_a_running_engine_is_mended_for_its_next_start()
    {
        StorageSnapshot snapshot = Sample("", [Storage, Json], ["DOCKER_STORAGE_OPTIONS=-s overlay2\n", "{\"storage-driver\":\"overlay2\"}"]);
        snapshot = snapshot with { Configuration = SnapshotPart.Known(snapshot.Configuration.Value.WithProcess(s_process)) };
        RepairPlan plan = RepairSamples.Plan(snapshot);

        RepairOutcome outcome = await new RepairExecutor(new MemoryHost(snapshot)).ApplyAsync(plan, Journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.IsType<ReplaceConfigurationAction>(Assert.Single(plan.Steps).Action);
    }

    [Fact]
    public void A_flag_that_only_the_running_engine_has_is_refused()
    {
        StorageSnapshot snapshot = Sample("", [Unit, Json], ["-", "{\"storage-driver\":\"overlay2\"}"]);

        RepairPlan plan = RepairSamples.Plan(snapshot with { Configuration = SnapshotPart.Known(snapshot.Configuration.Value.WithProcess(s_process)) });

        Assert.Empty(plan.Steps);
        Assert.Contains("start the engine without it", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"storage-driver\":\"vfs\"}", "DOCKER_STORAGE_OPTIONS=-s overlay2\n", "OVL0601", "differ")]
    [InlineData("{\"storage-driver\":\"overlay2\"}", "DOCKER_DRIVER=vfs\n", "OVL0601", "DOCKER_DRIVER")]
    [InlineData("{\"storage-driver\":\"aufs\"}", "", "OVL0604", "old engine")]
    [InlineData("{\"storage-opts\":[\"overlay2.size=10G\"]}", "", "OVL0403", "quotas")]
    [InlineData("{\"debug\":3}", "", "OVL0609", "type")]
    [InlineData("{\"storage-drivers\":\"overlay2\"}", "", "OVL0609", "correct the name")]
    [InlineData("{\"debug\":true,\"debug\":false}", "", "OVL0609", "last of the two")]
    [InlineData("{", "", "OVL0609", "by hand")]
    [InlineData("{\"log-driver\":\"splunk\"}", "DOCKER_STORAGE_OPTIONS=\"--log-opt splunk-token=REDACTED --log-driver=splunk\"\n", "OVL0601", "secret")]
    public void What_a_person_has_to_decide_is_refused_with_what_he_can_do(string json, string variables, string id, string reason)
    {
        RepairPlan plan = RepairSamples.Plan(Sample("", [Storage, Json], [variables, json]));

        Assert.Empty(plan.Steps);
        RepairRefusal refusal = Assert.Single(plan.Refusals);
        Assert.Equal(id, refusal.FindingId);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.All(plan.Alternatives, course => Assert.NotEmpty(course.Instructions));
        Assert.Equal(id is "OVL0604" or "OVL0403", !plan.Alternatives.IsEmpty);
    }

    [Theory]
    [InlineData("OVL0605", "file system")]
    [InlineData("OVL0606", "/var/lib/docker/overlay2")]
    [InlineData("OVL0607", "containerd has to stop")]
    [InlineData("OVL0608", "from outside")]
    public void What_lies_outside_of_the_configuration_is_told_in_order(string id, string reason)
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        EngineInfo engine = whole.Engine.Value;
        SnapshotFileSystem room = whole.FileSystems.Value[0];
        StorageSnapshot snapshot = id switch
        {
            "OVL0605" => whole with { Engine = SnapshotPart.Known(engine with { Driver = "vfs" }) },
            "OVL0608" => whole with { Mounts = MadeUpHost.Of("30 1 0:30 / / rw - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c").Mounts },
            _ => whole with
            {
                Engine = SnapshotPart.Known(engine with { UsesContainerdStore = true }),
                Configuration = SnapshotPart.Known(EngineConfigurationFiles.Empty.With(BytePath.FromText(Json), ByteString.FromText("{\"data-root\":\"/data\"}"))),
                Mounts = MadeUpHost.Of(MadeUpHost.Root, "31 30 8:2 / /data rw - ext4 /dev/sda2 rw").Mounts,
                FileSystems = SnapshotPart.Known(ImmutableArray.Create(room with { Path = BytePath.FromText("/data") }, room with { Path = BytePath.FromText("/var/lib/containerd"), AvailableBytes = 1UL << 30 })),
            },
        };

        RepairPlan plan = RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), new RepairPolicy { Only = RepairPolicy.Default.Only.Add(id) }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(plan.Steps);
        Assert.Contains(reason, Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
        Assert.True(Assert.Single(plan.Alternatives).Instructions.Length > 1);
    }

    [Theory]
    [InlineData(19, "3.10.0", false)]
    [InlineData(null, "3.10.0", false)]
    [InlineData(20, "3.10.0", true)]
    [InlineData(null, "4.18.0", true)]
    public void The_removed_option_stays_where_an_old_engine_may_need_it(int? engine, string kernel, bool isPlanned)
    {
        StorageSnapshot snapshot = Sample("", [Json], [$"{{\"storage-opts\":[\"{Check}\"]}}"]);
        snapshot = snapshot with
        {
            Engine = SnapshotPart.Known(snapshot.Engine.Value with { Version = engine is null ? "" : $"{engine}.0.1" }),
            Kernel = SnapshotPart.Known(KernelProfile.Defaults(KernelVersion.Parse(kernel))),
        };

        RepairPlan plan = RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), new RepairPolicy { Only = RepairPolicy.Default.Only.Add("OVL0602") }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(isPlanned, plan.Steps.Length == 1);
        Assert.Equal(isPlanned, plan.Refusals.IsEmpty);
    }

    [Theory]
    [InlineData("overlay2", "devicemapper", true)]
    [InlineData("btrfs", "devicemapper", false)]
    [InlineData("", "devicemapper", false)]
    [InlineData(null, "btrfs", true)]
    [InlineData(null, "devicemapper", false)]
    public void A_driver_is_named_only_where_it_is_certain(string? containers, string other, bool isCertain)
    {
        StorageSnapshot snapshot = Sample("OVL0603", [Json], ["-"]);
        DockerClassicStore store = DiagnosisReportTests.Whole().Stores.Value.OfType<DockerClassicStore>().Single();
        snapshot = snapshot with
        {
            Engine = SnapshotPart.NotTaken<EngineInfo>(),
            DriverHomes = SnapshotPart.Known(ImmutableArray.Create(BytePath.FromText("/var/lib/docker/overlay2"), BytePath.FromText($"/var/lib/docker/{other}"))),
            Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(new DockerClassicStore
            {
                DataRoot = store.DataRoot, Home = store.Home, Layers = store.Layers, ImageLayers = store.ImageLayers, Images = store.Images, ShortLinks = store.ShortLinks,
                Containers = containers is null ? [] : [.. store.Containers.Select(container => container with { Driver = containers })],
            })),
        };

        RepairPlan plan = RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), new RepairPolicy { Only = RepairPolicy.Default.Only.Add("OVL0603") }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(isCertain, plan.Steps.Length == 1);
        if (!isCertain)
            Assert.Contains($"overlay2, {other}", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_does_what_the_plan_does()
    {
        StorageSnapshot snapshot = Sample("", [Storage, Json], ["# one\nDOCKER_STORAGE_OPTIONS=\"-s overlay2\"\n# it's\n", "{\"storage-driver\":\"overlay2\"}"]);
        string[] lines = RepairSamples.Plan(snapshot).ToShellScript().Split('\n');

        Assert.Contains(lines, line => line.Contains("head -n 1 '/etc/sysconfig/docker-storage' && printf %s 'DOCKER_STORAGE_OPTIONS=\"\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("| cmp -s - '/etc/sysconfig/docker-storage' || fail 'step 1 is not possible any more'", StringComparison.Ordinal));

        StorageSnapshot secret = Sample("", [Storage, Json], ["X=REDACTED\nDOCKER_STORAGE_OPTIONS=\"-s overlay2\"\n", "{\"storage-driver\":\"overlay2\"}"]);
        Assert.Contains("is not for a script", RepairSamples.Plan(secret).ToShellScript(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/sysconfig/../passwd")]
    [InlineData("/etc/systemd/system/docker.service")]
    [InlineData("/usr/lib/systemd/system/docker.service.d/a.conf")]
    [InlineData("etc/docker/daemon.json")]
    [InlineData("/")]
    public void A_plan_that_writes_other_files_is_none(string path)
    {
        RepairPlan plan = RepairSamples.Plan(Sample("", [Storage, Json], ["DOCKER_STORAGE_OPTIONS=-s overlay2\n", "{\"storage-driver\":\"overlay2\"}"]));
        var action = Assert.IsType<ReplaceConfigurationAction>(plan.Steps[0].Action);
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse((plan with { Steps = [plan.Steps[0] with { Action = action with { Path = BytePath.FromText(path) } }] }).ToJson()));
    }

    [Theory]
    [InlineData("../../../kernel/panic", "Y", "N")]
    [InlineData("redirect_max", "Y", "N")]
    [InlineData("redirect_dir", "N", "N")]
    [InlineData("redirect_dir", "Y", "N; reboot")]
    public void A_plan_that_sets_another_parameter_is_none(string parameter, string from, string to)
    {
        RepairPlan plan = RepairSamples.Plan(Sample("", [Storage, Json], ["DOCKER_STORAGE_OPTIONS=-s overlay2\n", "{\"storage-driver\":\"overlay2\"}"]));
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse((plan with { Steps = [plan.Steps[0] with { Action = new SetModuleParameterAction(parameter, from, to) }] }).ToJson()));
    }

    private static string Text(MemoryHost host, string path) =>
        host.Configuration.ReadConfiguration(BytePath.FromText(path)) is { State: ConfigurationFileState.Read } file ? Encoding.UTF8.GetString(file.Content.Span) : "-";

    private static StorageSnapshot Sample(string ids, string[] paths, string[] contents)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText(Json), ConfigurationFileContent.Missing).With(BytePath.FromText(Unit), ByteString.FromText(UnitText));
        for (int i = 0; i < paths.Length; i++)
            files = files.With(BytePath.FromText(paths[i]), contents[i] == "-" ? ConfigurationFileContent.Missing : ConfigurationFileContent.Of(ByteString.FromText(contents[i])));
        StorageSnapshot whole = DiagnosisReportTests.Whole() with { Configuration = SnapshotPart.Known(files) };
        return ids == "OVL0603"
            ? whole with { DriverHomes = SnapshotPart.Known(ImmutableArray.Create(BytePath.FromText("/var/lib/docker/overlay2"), BytePath.FromText("/var/lib/docker/btrfs"))) }
            : whole;
    }
}
