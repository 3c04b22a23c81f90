using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>The first of the two plans of the engine's manual, as the alternative of a plan: on an engine of its own, which is started again.</summary>
public sealed class EngineRestartTests : IDisposable
{
    private const string Image = "o2-restart:1";
    private const string Home = LiveEngine.DataRoot + "/overlay2";

    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-repair-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);

    [Fact]
    public async Task Everything_is_unmounted_the_engine_starts_again_and_the_containers_come_back_wherever_it_dies_and_so_it_is_undone()
    {
        using LiveEngine engine = LiveEngine.Run();
        EngineContainer[] containers = Fault(engine);
        var host = new LinuxHost(new SnapshotOptions { EngineProcessId = engine.ProcessId });
        var control = new ProgramEngineControl(engine.Client, engine.RestartProgram);
        var executor = new RepairExecutor(host, control);
        string[] before = Listing(host);

        // After the first container was stopped, and before that is noted; the other one has only lost its mount.
        await Die(host, control, point: 3 * 4 + 2, Journal("first"));
        await AssertUndone("first");

        // After it is noted that the engine is about to be started again, and before it is.
        RepairPlan chosen = await Die(host, control, point: 5 * 4 + 1, Journal("second"));
        RepairOutcome outcome = await executor.ResumeAsync(Journal("second"), cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.DoesNotContain(DamagedStore.Ids(await Diagnose(host)), id => string.CompareOrdinal(id, "OVL0100") < 0);
        Assert.Equal(2, engine.Log.Split('\n').Count(line => line.Contains("API listen on", StringComparison.Ordinal)));
        AssertWorking(engine, containers);
        Assert.All(containers, container => Assert.Equal("A /data", engine.Docker("diff", container.Id)));
        Assert.Equal(4, (await executor.ApplyAsync(chosen, Journal("again"), cancellationToken: Token)).ExitCode);

        await AssertUndone("second");

        async Task AssertUndone(string journal)
        {
            RepairOutcome back = await executor.RollbackAsync(Journal(journal), cancellationToken: Token);
            Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
            Assert.Equal(before, Listing(host));
            AssertWorking(engine, containers);
        }
    }

    private async Task<RepairPlan> Die(LinuxHost host, ProgramEngineControl control, int point, BytePath journal)
    {
        RepairPlan chosen = await Choose(host);
        TestContext.Current.TestOutputHelper?.WriteLine(chosen.ToMarkdown());
        var dying = new RepairExecutor(host, control) { Checkpoint = _ => { if (point-- == 0) throw new InvalidOperationException("killed"); } };
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            RepairOutcome early = await dying.ApplyAsync(chosen, journal, cancellationToken: Token);
            TestContext.Current.TestOutputHelper?.WriteLine($"It ended {point + 1} points early: {early.Status}, {early.Reason}");
        });
        return chosen;
    }

    /// <summary>Two containers with data, and then a bind of the driver home on itself.</summary>
    private static EngineContainer[] Fault(LiveEngine engine)
    {
        var store = new DamagedStore(engine);
        engine.MakeImage(Image, root => File.WriteAllText($"{root}/one", "1"));
        EngineContainer[] containers = [engine.RunContainer(Image, "--stop-signal", "KILL"), engine.RunContainer(Image, "--stop-signal", "KILL", "--restart", "always")];
        Assert.All(containers, container => Assert.Equal(0, container.Shell("echo data > /data").ExitCode));
        store.Enter($"mount --bind {Home} {Home}");
        return containers;
    }

    private async Task<RepairPlan> Choose(LinuxHost host)
    {
        RepairPlan plan = RepairPlanner.Plan(await Diagnose(host), new RepairPolicy { AllowEngineControl = true, KeepDirectory = BytePath.FromText($"{_scratch}/keep") });
        RepairCourse course = plan.Alternatives.First(alternative => !alternative.Steps.IsEmpty);
        Assert.Equal(RepairRisk.R3, course.Risk);
        Assert.All(course.Steps, step => Assert.Equal(RepairReversibility.Reversible, step.Reversibility));
        return plan.Choose(course);
    }

    private static void AssertWorking(LiveEngine engine, EngineContainer[] containers)
    {
        foreach (EngineContainer container in containers)
        {
            Assert.Equal("running", engine.Docker("inspect", "-f", "{{.State.Status}}", container.Id));
            Assert.Equal("data\n", container.Shell("cat /data").Output);
        }
    }

    /// <summary>The mounts; an overlay that the engine mounts anew has another device.</summary>
    private static string[] Listing(LinuxHost host) =>
        [.. MountListing.Of(host.Mounts.LoadMounts(0), BytePath.FromText(Home)).Select(line => line.Contains(" overlay ", StringComparison.Ordinal) ? line[(line.IndexOf(' ') + 1)..] : line).Order(StringComparer.Ordinal)];

    private BytePath Journal(string name) => BytePath.FromText($"{_scratch}/{name}");

    private static async Task<DiagnosisReport> Diagnose(LinuxHost host) => new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token);
}
