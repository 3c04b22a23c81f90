using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>A real engine in a container of a real engine, with a volume for its store: what it mounts is its own.</summary>
[Collection(EngineCollection.Name)]
public sealed class NestedEngineTests(SharedEngine shared)
{
    private const string Image = "o2-nested:1";
    private const string Name = "o2-nested";
    private const string Volume = LiveEngine.DataRoot + "/volumes/o2-nested/_data";
    private const string Inner = "export PATH=/usr/sbin:/usr/bin:/sbin:/bin; ";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_an_engine_in_a_container_is_a_fault_of_the_outer_one()
    {
        LiveEngine outer = shared.Engine;
        MakeImage(outer);
        try
        {
            StartInner(outer);
            string running = Shell(outer, "docker run -d --network none inner:1 /bin/sleep 36000");
            Shell(outer, "docker run --network none inner:1 /bin/sh -c 'echo data > /data'");
            Shell(outer, "docker run --rm --network none inner:1 /bin/true");
            Assert.Equal("inside", Shell(outer, $"docker exec {running[..12]} /bin/sh -c 'echo inside'"));

            await Check(new SnapshotOptions { EngineProcessId = outer.ProcessId });
            await Check(new SnapshotOptions { EngineProcessId = outer.ProcessId, Stores = [new StoreLocation(LayerStoreKind.DockerClassic, BytePath.FromText(LiveEngine.DataRoot))] });

            // The inner store, looked at from outside: its containers run in namespaces that have an engine of their own.
            await Check(new SnapshotOptions { EngineProcessId = outer.ProcessId, Stores = [new StoreLocation(LayerStoreKind.DockerClassic, BytePath.FromText(Volume))] }, FindingIds.LeakedMount);
            Assert.Equal("inside", Shell(outer, $"docker exec {running[..12]} /bin/sh -c 'echo inside'"));
        }
        finally
        {
            outer.TryDocker("rm", "-f", "-v", Name);
            outer.TryDocker("volume", "rm", "-f", Name);
            outer.TryDocker("rmi", "-f", Image);
        }
    }

    /// <summary>Nothing is found, or nothing of an id, and nothing planned.</summary>
    private static async Task Check(SnapshotOptions options, string? only = null)
    {
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(options, Token);
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: Token);
        Assert.Equal("", string.Join('\n', report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && (only is null || finding.Id == only)).Select(finding => $"{finding} {string.Join("; ", finding.Evidence)}")));
        Assert.True(report.Scope.Namespaces > 0, "no other namespace was seen");
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { AllowOtherNamespaces = true, Only = only is null ? [] : [only] }, Token);
        Assert.Empty(plan.Steps);
    }

    /// <summary>A root directory in which the programs of this machine run, once its /usr is mounted there.</summary>
    private static void MakeImage(LiveEngine outer) => outer.MakeImage(Image, root =>
    {
        Directory.Delete($"{root}/bin", recursive: true);
        foreach (string link in (string[])["bin", "sbin", "lib", "lib64"])
            File.CreateSymbolicLink($"{root}/{link}", $"usr/{link}");
        foreach (string directory in (string[])["usr", "var/lib/docker", "var/run", "run", "root", "etc/docker"])
            Directory.CreateDirectory($"{root}/{directory}");
        File.WriteAllText($"{root}/etc/group", "root:x:0:\ndocker:x:999:\n");
    });

    private static void StartInner(LiveEngine outer)
    {
        outer.Docker(
            "run", "-d", "--name", Name, "--network", "none",
            "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--security-opt", "systempaths=unconfined",
            "--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE", "--cap-add", "DAC_READ_SEARCH",
            "-v", "/sys/fs/cgroup:/sys/fs/cgroup", "-v", $"{Name}:/var/lib/docker", "-v", "/usr:/usr:ro", "--entrypoint", "/bin/sh", Image, "-c",
            Inner + "exec dockerd --storage-driver overlay2 --iptables=false --ip6tables=false --bridge=none > /var/log.txt 2>&1");
        for (int tries = 0; outer.TryDocker("exec", Name, "/bin/sh", "-c", Inner + "docker version").ExitCode != 0; tries++)
        {
            Assert.True(tries < 600, outer.TryDocker("exec", Name, "/bin/sh", "-c", "tail -n 5 /var/log.txt").Output + outer.TryDocker("logs", Name).Error);
            Thread.Sleep(100);
        }

        Shell(outer, "mkdir -p /tmp/i/bin && cp /usr/bin/busybox /tmp/i/bin/ && for l in sh sleep true echo; do ln -sf busybox /tmp/i/bin/$l; done && tar -C /tmp/i -c . | docker import - inner:1");
    }

    private static string Shell(LiveEngine outer, string command)
    {
        ToolRun run = outer.TryDocker("exec", Name, "/bin/sh", "-c", Inner + command);
        Assert.True(run.ExitCode == 0, $"{command}: {run.Error}");
        return run.Output.Trim();
    }
}
