using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A configuration that the installed engine refuses, repaired below a directory that stands for a host: then the engine starts.</summary>
public sealed class EngineConfigurationRepairTests : IDisposable
{
    /// <summary>Starts the engine as the unit would, in namespaces of its own: $1 is the host's root directory.</summary>
    private const string Start = """
        mkdir -p /var/lib/docker && mount -t tmpfs -o mode=755,size=64m overlay2-engine /var/lib/docker || exit 9
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        . "$1/etc/sysconfig/docker-storage"
        exec dockerd --config-file "$1/etc/docker/daemon.json" $DOCKER_STORAGE_OPTIONS --data-root /var/lib/docker --exec-root "$1/exec" --pidfile "$1/pid" \
          -H "unix://$1/docker.sock" --iptables=false --ip6tables=false --bridge=none > "$1/log" 2>&1
        """;

    private const string Unit = "usr/lib/systemd/system/docker.service";
    private const string Storage = "etc/sysconfig/docker-storage";
    private const string Json = "etc/docker/daemon.json";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    private readonly string _root = Directory.CreateTempSubdirectory("o2c-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _root]);

    [Fact]
    public async Task An_engine_that_refuses_its_configuration_starts_after_the_repair_and_not_after_the_rollback()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test runs an engine.");
        foreach (string tool in (string[])["dockerd", "docker", "unshare", "flock"])
            Assert.SkipUnless(ToolRun.IsInstalled(tool), $"{tool} is not installed.");
        using Process parameters = MountOptions.ModuleParameters.Share();
        const string Variables = "# storage of the engine\nDOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2 --log-level info\"\n";
        Write(Unit, "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n");
        Write(Storage, Variables);
        Write(Json, "{\n  \"storage-driver\": \"overlay2\",\n  \"max-concurrent-downloads\": 2\n}\n");
        Write("proc/1/mountinfo", "30 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
        var host = new LinuxHost(new SnapshotOptions { HostRoot = BytePath.FromText(_root) });
        Assert.Contains("specified both as a flag and in the configuration file: storage-driver", AskRefusal(), StringComparison.Ordinal);

        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token), new RepairPolicy { Only = RepairPolicy.Default.Only.Add("OVL0601") }, cancellationToken: TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        var executor = new RepairExecutor(host);
        RepairOutcome outcome = await executor.ApplyAsync(plan, BytePath.FromText($"{_root}/journal"), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal("overlay2 info", AskRunning());
        Assert.Equal(RepairOutcomeStatus.RolledBack, (await executor.RollbackAsync(BytePath.FromText($"{_root}/journal"), cancellationToken: Token)).Status);
        Assert.Equal(Variables, await File.ReadAllTextAsync($"{_root}/{Storage}", Token));
        Assert.Contains("specified both as a flag", AskRefusal(), StringComparison.Ordinal);
        parameters.StandardInput.Close();
        await parameters.WaitForExitAsync(Token);
    }

    private string AskRefusal()
    {
        using Process engine = Run();
        bool hasEnded = engine.WaitForExit(s_limit);
        if (!hasEnded)
            engine.Kill();
        engine.WaitForExit();
        Assert.SkipWhen(engine.ExitCode == 9, "Cannot make the mounts of an engine here.");
        Assert.True(hasEnded && engine.ExitCode != 0, "The engine starts.");
        return File.ReadAllText($"{_root}/log");
    }

    /// <summary>The storage driver, and the level of the log that only the flag gives.</summary>
    private string AskRunning()
    {
        using Process engine = Run();
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (true)
            {
                ToolRun info = ToolRun.Of("docker", ["-H", $"unix://{_root}/docker.sock", "info", "-f", "{{.Driver}}"]);
                if (info.ExitCode == 0 && info.Output.Trim().Length > 0)
                    return $"{info.Output.Trim()} {(File.ReadAllText($"{_root}/log").Contains("level=debug", StringComparison.Ordinal) ? "debug" : "info")}";
                Assert.False(engine.HasExited || Stopwatch.GetElapsedTime(start) > s_limit, File.ReadAllText($"{_root}/log"));
                Thread.Sleep(100);
            }
        }
        finally
        {
            engine.Kill();
            engine.WaitForExit();
        }
    }

    private Process Run() => Process.Start(new ProcessStartInfo(
        "unshare", ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private", "sh", "-c", Start, "engine", _root]) { UseShellExecute = false })!;

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_root}/{path}")!);
        File.WriteAllText($"{_root}/{path}", text);
    }
}
