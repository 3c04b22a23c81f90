using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Versioning;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Plans for the configuration carried out on real files, below a directory that stands for a host.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostConfigurationTests : IDisposable
{
    private const string Unit = "usr/lib/systemd/system/docker.service";
    private const string Storage = "etc/sysconfig/docker-storage";
    private const string Json = "etc/docker/daemon.json";
    private const string Parameters = "sys/module/overlay/parameters";
    private const string Variables = "# variables\nREGISTRY_PASSWORD=geheim\nDOCKER_STORAGE_OPTIONS=\"-D -s overlay2\"\nHTTP_PROXY=http://me:geheim@proxy\n";
    private const string Changed = "# variables\nREGISTRY_PASSWORD=geheim\nDOCKER_STORAGE_OPTIONS=\"-D\"\nHTTP_PROXY=http://me:geheim@proxy\n";

    private readonly string _root = Directory.CreateTempSubdirectory("overlay2-host-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BytePath Journal => BytePath.FromText($"{_root}/journal");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Secrets_stay_in_the_file_and_out_of_the_plan()
    {
        Write(Unit, "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n");
        Write(Storage, Variables);
        Write(Json, "{\n  \"storage-driver\": \"overlay2\",\n  \"log-opts\": {\"splunk-token\": \"geheim\"}\n}\n");
        File.SetUnixFileMode($"{_root}/{Storage}", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        LinuxHost host = Host();
        RepairPlan plan = await Plan(host, "OVL0601");
        Assert.DoesNotContain("geheim", System.Text.Encoding.UTF8.GetString(plan.ToJson()), StringComparison.Ordinal);
        var executor = new RepairExecutor(host);

        Assert.Equal(RepairOutcomeStatus.Succeeded, (await executor.DryRunAsync(plan, Token)).Status);
        Assert.Equal(Variables, Text(Storage));
        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal((Changed, Variables), (Text(Storage), Text(Storage + ".bak")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{_root}/{Storage}"));
        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.ApplyAsync(plan, BytePath.FromText($"{_root}/again"), cancellationToken: Token)).Status);
        RepairOutcome back = await executor.RollbackAsync(Journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(Variables, Text(Storage));
    }

    [Fact]
    public async Task What_somebody_else_changes_meanwhile_is_not_overwritten()
    {
        Write(Storage, "DOCKER_STORAGE_OPTIONS=-s overlay2\n");
        Write(Json, "{\"storage-driver\": \"overlay2\"}");
        LinuxHost host = Host();
        RepairPlan plan = await Plan(host, "OVL0601");
        var executor = new RepairExecutor(host)
        {
            Checkpoint = point =>
            {
                if (point == "before action")
                    Write(Storage, "DOCKER_STORAGE_OPTIONS=\"-s overlay2 -D\"\n");
            },
        };

        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal, cancellationToken: Token);

        Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
        Assert.Equal("DOCKER_STORAGE_OPTIONS=\"-s overlay2 -D\"\n", Text(Storage));
        Assert.Single(Directory.GetFiles($"{_root}/etc/sysconfig"));
    }

    [Fact]
    public void A_file_that_was_made_is_removed_again_and_only_that()
    {
        LinuxHost host = Host();
        var path = BytePath.FromText("/" + Json);
        var content = ByteString.FromText("{\"storage-driver\": \"overlay2\"}\n");

        Assert.Equal("", host.Configuration.ReplaceConfiguration(path, original: null, content).Error);
        Assert.Equal(content, host.Configuration.ReadConfiguration(path).Content);
        Assert.False(host.Configuration.ReplaceConfiguration(path, ByteString.FromText("{}"), content: null).IsDone);
        Assert.False(host.Configuration.ReplaceConfiguration(path, original: null, content).IsDone);
        Assert.Equal("", host.Configuration.ReplaceConfiguration(path, content, content: null).Error);
        Assert.Empty(Directory.GetFiles($"{_root}/etc/docker"));
        Assert.False(host.Configuration.ReplaceConfiguration(path, content, content: null).IsDone);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/docker/../passwd")]
    [InlineData("/etc/sysconfig/docker-storage/")]
    public void A_file_that_is_none_of_the_configuration_is_not_written(string path)
    {
        Write("etc/passwd", "root\n");
        Write(Storage, "X=1\n");

        Assert.False(Host().Configuration.ReplaceConfiguration(BytePath.FromText(path), ByteString.FromText("root\n"), ByteString.FromText("me\n")).IsDone);

        Assert.Equal(("root\n", "X=1\n"), (Text("etc/passwd"), Text(Storage)));
    }

    [Fact]
    public void A_link_stays_and_what_it_leads_to_is_changed()
    {
        Write("etc/real.json", "{}\n");
        Directory.CreateDirectory($"{_root}/etc/docker");
        File.CreateSymbolicLink($"{_root}/{Json}", "/etc/real.json");

        Assert.Equal("", Host().Configuration.ReplaceConfiguration(BytePath.FromText("/" + Json), ByteString.FromText("{}\n"), ByteString.FromText("{ }\n")).Error);

        Assert.Equal("{ }\n", Text("etc/real.json"));
        Assert.NotNull(new FileInfo($"{_root}/{Json}").LinkTarget);
    }

    [Fact]
    public void A_parameter_is_set_only_from_what_it_is_known_to_be()
    {
        Write($"{Parameters}/redirect_dir", "Y\n");
        Write($"{Parameters}/redirect_max", "256\n");
        LinuxHost host = Host();

        Assert.Equal(("Y", null), (host.Configuration.ReadModuleParameter("redirect_dir"), host.Configuration.ReadModuleParameter("redirect_max")));
        Assert.False(host.Configuration.SetModuleParameter("redirect_dir", "N", "Y").IsDone);
        Assert.False(host.Configuration.SetModuleParameter("metacopy", "Y", "N").IsDone);
        Assert.False(host.Configuration.SetModuleParameter("redirect_max", "256", "1").IsDone);
        Assert.Equal("", host.Configuration.SetModuleParameter("redirect_dir", "Y", "N").Error);
        Assert.Equal(("N\n", "256\n"), (Text($"{Parameters}/redirect_dir"), Text($"{Parameters}/redirect_max")));
    }

    [Theory]
    [InlineData("# it's\nDOCKER_STORAGE_OPTIONS='-s overlay2 -D'\nX=1", "# it's\nDOCKER_STORAGE_OPTIONS='-D'\nX=1")]
    [InlineData("DOCKER_STORAGE_OPTIONS=-s overlay2", "DOCKER_STORAGE_OPTIONS=")]
    [InlineData("\n\nDOCKER_STORAGE_OPTIONS=-s overlay2\n\n\n", "\n\nDOCKER_STORAGE_OPTIONS=\n\n\n")]
    public async Task The_script_does_the_same(string before, string after)
    {
        string variables = $"{_root}/variables";
        string json = $"{_root}/daemon.json";
        File.WriteAllText(variables, before);
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty
            .With(BytePath.FromText("/lib/systemd/system/docker.service"), ByteString.FromText($"[Service]\nEnvironmentFile={variables}\nExecStart=/usr/bin/dockerd --config-file {json} $DOCKER_STORAGE_OPTIONS\n"))
            .With(BytePath.FromText(variables), ByteString.FromText(before)).With(BytePath.FromText(json), ByteString.FromText("{\"storage-driver\":\"overlay2\"}"));
        StorageSnapshot snapshot = DiagnosisReportTests.Whole() with { Configuration = SnapshotPart.Known(files), BootId = SnapshotPart.NotTaken<string>() };
        string script = RepairSamples.Plan(snapshot).ToShellScript();

        Assert.Equal((0, "done\n"), await Run(script));
        Assert.Equal((after, before), (await File.ReadAllTextAsync(variables, Token), await File.ReadAllTextAsync(variables + ".bak", Token)));
        Assert.Equal(1, (await Run(script)).ExitCode);
        Assert.Equal(after, await File.ReadAllTextAsync(variables, Token));
    }

    [Fact]
    public async Task The_script_makes_a_file()
    {
        string json = $"{_root}/new's/daemon.json";
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty
            .With(BytePath.FromText("/lib/systemd/system/docker.service"), ByteString.FromText($"[Service]\nExecStart=/usr/bin/dockerd --config-file \"{json}\"\n")).With(BytePath.FromText(json), ConfigurationFileContent.Missing);
        StorageSnapshot snapshot = DiagnosisReportTests.Whole() with
        {
            Configuration = SnapshotPart.Known(files), BootId = SnapshotPart.NotTaken<string>(),
            DriverHomes = SnapshotPart.Known(ImmutableArray.Create(BytePath.FromText("/var/lib/docker/overlay2"), BytePath.FromText("/var/lib/docker/btrfs"))),
        };

        Assert.Equal((0, "done\n"), await Run(RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), new RepairPolicy { Only = RepairPolicy.Default.Only.Add("OVL0603") }, cancellationToken: TestContext.Current.CancellationToken).ToShellScript()));
        Assert.Equal("{\n  \"storage-driver\": \"overlay2\"\n}\n", await File.ReadAllTextAsync(json, Token));
    }

    private static async Task<(int ExitCode, string Output)> Run(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        return (shell.ExitCode, output);
    }

    private static async Task<RepairPlan> Plan(LinuxHost host, string id)
    {
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token), new RepairPolicy { Only = RepairPolicy.Default.Only.Add(id) });
        Assert.True(plan.Steps.Length > 0, string.Join("; ", plan.Refusals));
        return plan;
    }

    private LinuxHost Host()
    {
        Write("proc/1/mountinfo", MadeUpHost.Root + "\n");
        Write("etc/machine-id", "host\n");
        return new LinuxHost(new SnapshotOptions { HostRoot = BytePath.FromText(_root) });
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_root}/{path}")!);
        File.WriteAllText($"{_root}/{path}", text);
    }

    private string Text(string path) => File.ReadAllText($"{_root}/{path}");
}
