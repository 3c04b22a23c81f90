using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A real engine with running containers, whose mounts are at fault: planned, tried dry, repaired as foretold, undone and repaired again.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineRepairTests(SharedEngine shared) : IDisposable
{
    private const string Image = "o2-repair:1";
    private const string Home = LiveEngine.DataRoot + "/overlay2";

    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-repair-").FullName;

    private DamagedStore Store
    {
        get
        {
            if (shared.Engine.TryDocker("image", "inspect", Image).ExitCode != 0)
                shared.Engine.MakeImage(Image, root => File.WriteAllText($"{root}/one", "1"));
            return new DamagedStore(shared.Engine);
        }
    }

    private RepairPolicy Policy => new() { KeepDirectory = BytePath.FromText($"{_scratch}/keep") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The finding, how the mount of the data root takes part in propagation, what makes the fault, and whether a container is started after it.</summary>
    public static TheoryData<string, string, string, bool> Covers => new()
    {
        { "OVL0001", "shared", $"mount --bind {Home} {Home}", false },
        { "OVL0001", "private", $"mount --bind {Home} {Home}", false },
        { "OVL0002", "shared", $"mount -t tmpfs cover {Home}", false },
        { "OVL0002", "private", $"truncate -s 8M $S/image && mkfs.ext4 -q $S/image && mount -o loop $S/image {Home}", false },
        { "OVL0002", "shared", $"mount -t tmpfs cover {Home} && mount --bind {Home} {Home}", false },
        { "OVL0001", "shared", $"mount --bind {Home} {Home}", true },
        { "OVL0001", "private", $"mount --bind {Home} {Home}", true },
        { "OVL0001", "shared", $"mount --bind {Home} {Home} && mount --make-private {Home}", true },
    };

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);

    [Theory]
    [MemberData(nameof(Covers))]
    public async Task A_cover_goes_and_no_container_notices(string id, string propagation, string fault, bool isStartedAfter)
    {
        DamagedStore store = Store;
        store.Enter($"mount --make-{propagation} {LiveEngine.DataRoot}");
        var containers = new List<EngineContainer> { Run(store), Run(store) };
        try
        {
            LinuxHost host = Host(store);
            string[] healthy = Listing(host.Mounts.LoadMounts(0));
            List<string> states = [.. containers.Select(State)];
            store.Enter($"S={_scratch}; {fault}");
            if (isStartedAfter)
            {
                containers.Add(Run(store));
                states.Add(State(containers[^1]));
            }

            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Listing(host.Mounts.LoadMounts(0))));

            RepairPlan plan = await CheckRepair(store, host, id, Policy);
            Assert.All(plan.Steps, step => Assert.True(step.Risk <= RepairRisk.R2));

            Assert.Equal(states, containers.Select(State));
            if (!isStartedAfter)
                Assert.Equal(healthy, Listing(host.Mounts.LoadMounts(0)).Where(line => !line.Contains(_scratch, StringComparison.Ordinal)));
            foreach (EngineContainer container in containers)
            {
                Assert.Equal("data\n", container.Shell("cat /data").Output);
                Assert.Equal(0, store.Engine.TryDocker("cp", $"{container.Id}:/data", $"{_scratch}/copy").ExitCode);
                Assert.Equal("data\n", File.ReadAllText($"{_scratch}/copy"));
                Assert.Equal("A /data", store.Engine.Docker("diff", container.Id));
            }

            store.Remove([.. containers.Select(container => container.Id)]);
            Assert.All(containers, container => Assert.Empty(host.Mounts.LoadMounts(0).GetByMountPoint(BytePath.FromText(container.Merged))));
            Assert.All(containers, container => Assert.False(Directory.Exists(container.Upper)));
            containers.Clear();
        }
        finally
        {
            Clean(store);
            if (containers.Count > 0)
                store.Remove([.. containers.Select(container => container.Id)]);
        }
    }

    [Fact]
    public async Task A_root_file_system_mounted_several_times_is_mounted_once_again()
    {
        DamagedStore store = Store;
        EngineContainer container = Run(store);
        try
        {
            string state = State(container);
            store.Enter($"mount --bind {container.Merged} {container.Merged}");
            await CheckRepair(store, Host(store), "OVL0004", Policy);
            Assert.Equal(state, State(container));
            Assert.Equal("data\n", container.Shell("cat /data").Output);
        }
        finally
        {
            store.Remove(container.Id);
        }
    }

    [Fact]
    public async Task An_overlay_of_no_container_is_unmounted()
    {
        DamagedStore store = Store;
        string layer = $"{Home}/{new string('d', 64)}";
        store.Enter($"mkdir -p {layer}/diff {layer}/work {layer}/merged {layer}/low && mount -t overlay overlay -o lowerdir={layer}/low,upperdir={layer}/diff,workdir={layer}/work {layer}/merged");
        try
        {
            await CheckRepair(store, Host(store, allNamespaces: true), "OVL0006", Policy);
        }
        finally
        {
            store.Enter($"umount {layer}/merged 2> /dev/null; rm -r {layer}");
        }
    }

    [Fact]
    public async Task A_container_without_its_root_file_system_is_stopped_and_started_where_that_is_allowed()
    {
        DamagedStore store = Store;
        EngineContainer container = Run(store);
        try
        {
            store.Enter($"umount {container.Merged}");
            LinuxHost host = Host(store);
            RepairPlan refused = RepairPlanner.Plan(await Diagnose(host), Policy, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Empty(refused.Steps);
            Assert.Contains(refused.Refusals, refusal => refusal.FindingId == "OVL0007");

            RepairPlan plan = RepairPlanner.Plan(await Diagnose(host), Policy with { AllowEngineControl = true, MaxRisk = RepairRisk.R3 }, cancellationToken: TestContext.Current.CancellationToken);
            var executor = new RepairExecutor(host, new ProgramEngineControl(store.Engine.Client, []));
            RepairOutcome outcome = await executor.ApplyAsync(plan, Journal("stop"), cancellationToken: Token);

            Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
            Assert.Empty(await Found(host));
            Assert.Equal("data\n", container.Shell("cat /data").Output);
            Assert.Equal(4, (await executor.ApplyAsync(plan, Journal("again"), cancellationToken: Token)).ExitCode);
        }
        finally
        {
            store.Remove(container.Id);
        }
    }

    /// <summary>Plans, tries dry, repairs, asks again, undoes and repairs again; leaves it repaired.</summary>
    /// <summary>Nothing runs, so that the cover hides no mount: only the engine's open files tell of it.</summary>
    [Theory]
    [InlineData("mount -t tmpfs cover {0}")]
    [InlineData("mount -t tmpfs cover {0} && mkdir {0}/overlay2")]
    public async Task A_cover_over_the_root_directory_while_nothing_runs(string fault)
    {
        DamagedStore store = Store;
        foreach (string id in store.Engine.Docker("ps", "-q").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            store.Engine.Docker("stop", "-t", "0", id);
        try
        {
            LinuxHost host = Host(store);
            store.Enter(string.Format(CultureInfo.InvariantCulture, fault, LiveEngine.DataRoot));

            await CheckRepair(store, host, "OVL0002", Policy);

            Assert.Equal(0, store.Engine.TryDocker("image", "inspect", Image).ExitCode);
        }
        finally
        {
            store.Enter($"if grep -q ' {LiveEngine.DataRoot} .* tmpfs cover ' /proc/self/mountinfo; then umount {LiveEngine.DataRoot}; fi");
        }
    }

    private async Task<RepairPlan> CheckRepair(DamagedStore store, LinuxHost host, string id, RepairPolicy policy)
    {
        StorageSnapshot snapshot = await host.CaptureAsync(Token);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot, cancellationToken: Token);
        Assert.Contains(report.Findings, finding => finding.Id == id);
        RepairPlan plan = RepairPlanner.Plan(report, policy);
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        Assert.Contains(plan.Goals, goal => goal.FindingId == id);
        string[] before = Listing(host.Mounts.LoadMounts(0));
        var executor = new RepairExecutor(host);

        string look = store.Look();
        RepairOutcome dry = await executor.DryRunAsync(plan, Token);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.Equal(look, store.Look());

        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal("first"), cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(await Found(host));
        Assert.Equal(Foretell(snapshot, plan), Listing(host.Mounts.LoadMounts(0)));
        RepairOutcome again = await executor.ApplyAsync(plan, Journal("again"), cancellationToken: Token);
        Assert.Equal((RepairOutcomeStatus.Refused, 4), (again.Status, again.ExitCode));

        if (plan.Steps.All(step => step.Reversibility == RepairReversibility.Reversible))
        {
            RepairOutcome back = await executor.RollbackAsync(Journal("first"), cancellationToken: Token);
            Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
            Assert.Equal(before, Listing(host.Mounts.LoadMounts(0)));
            RepairPlan second = RepairPlanner.Plan(await Diagnose(host), policy);
            outcome = await executor.ApplyAsync(second, Journal("second"), cancellationToken: Token);
            Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
            Assert.Empty(await Found(host));
        }

        return plan;
    }

    private static string[] Foretell(StorageSnapshot snapshot, RepairPlan plan)
    {
        var copy = new MemoryHost(snapshot);
        foreach (RepairStep step in plan.Steps)
            Assert.True(step.Action.Run(copy).IsDone);
        return Listing(copy.Mounts.LoadMounts(0));
    }

    private static EngineContainer Run(DamagedStore store)
    {
        EngineContainer container = store.Engine.RunContainer(Image, "--stop-timeout", "1");
        ToolRun run = container.Shell("echo data > /data");
        Assert.True(run.ExitCode == 0, run.Error);
        return container;
    }

    private static string State(EngineContainer container) => container.Engine.Docker("inspect", "-f", "{{.State.Status}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}", container.Id);

    private static LinuxHost Host(DamagedStore store, bool allNamespaces = false) => new(new SnapshotOptions { EngineProcessId = store.Engine.ProcessId, AllNamespaces = allNamespaces });

    private static async Task<DiagnosisReport> Diagnose(LinuxHost host) => new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token);

    /// <summary>The findings about mounts of warning or above.</summary>
    private static async Task<string[]> Found(LinuxHost host) =>
        [.. DamagedStore.Ids(await Diagnose(host)).Where(id => string.CompareOrdinal(id, "OVL0100") < 0)];

    private static string[] Listing(MountTable table) => MountListing.Of(table, BytePath.Root);

    private BytePath Journal(string name) => BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"{_scratch}/{name}"));

    /// <summary>After a test that failed the next one finds the engine as it should be.</summary>
    private void Clean(DamagedStore store)
    {
        store.Enter($"umount -R {_scratch}/keep/* 2> /dev/null; while grep -q ' {Home} ' /proc/self/mountinfo && umount -l {Home}; do :; done; mount --make-shared {LiveEngine.DataRoot}");
    }
}
