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
    private const string Home = StorageEngine.DataRoot + "/overlay2";

    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-repair-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);

    [Fact]
    public async Task Everything_is_unmounted_the_engine_starts_again_and_the_containers_come_back()
    {
        using StorageEngine engine = StorageEngine.Run();
        var store = new DamagedStore(engine);
        engine.MakeImage(Image, root => File.WriteAllText($"{root}/one", "1"));
        EngineContainer[] containers = [engine.RunContainer(Image, "--stop-timeout", "1"), engine.RunContainer(Image, "--stop-timeout", "1")];
        Assert.All(containers, container => Assert.Equal(0, container.Shell("echo data > /data").ExitCode));
        store.Enter($"mount --bind {Home} {Home}");

        var host = new LinuxHost(new SnapshotOptions { EngineProcessId = engine.ProcessId });
        DiagnosisReport report = await Diagnose(host);
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { AllowEngineControl = true, KeepDirectory = BytePath.FromText($"{_scratch}/keep") });
        RepairCourse course = plan.Alternatives.First(alternative => !alternative.Steps.IsEmpty);
        Assert.Equal(RepairRisk.R3, course.Risk);
        RepairPlan chosen = plan.Choose(course);
        TestContext.Current.TestOutputHelper?.WriteLine(chosen.ToMarkdown());
        var executor = new RepairExecutor(host, new ProgramEngineControl(engine.Client, engine.RestartProgram));

        RepairOutcome outcome = await executor.ApplyAsync(chosen, BytePath.FromText($"{_scratch}/journal"), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(chosen.Steps.Length, outcome.Steps.Length);
        Assert.DoesNotContain(DamagedStore.Ids(await Diagnose(host)), id => string.CompareOrdinal(id, "OVL0100") < 0);
        Assert.Equal(2, engine.Log.Split('\n').Count(line => line.Contains("API listen on", StringComparison.Ordinal)));
        foreach (EngineContainer container in containers)
        {
            Assert.Equal("running", engine.Docker("inspect", "-f", "{{.State.Status}}", container.Id));
            Assert.Equal("data\n", container.Shell("cat /data").Output);
            Assert.Equal("A /data", engine.Docker("diff", container.Id));
        }

        Assert.Equal(4, (await executor.ApplyAsync(chosen, BytePath.FromText($"{_scratch}/again"), cancellationToken: Token)).ExitCode);
    }

    private static async Task<DiagnosisReport> Diagnose(LinuxHost host) => new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token);
}
