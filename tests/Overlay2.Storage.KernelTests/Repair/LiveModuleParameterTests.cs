using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using ModuleParameters = Overlay2.Storage.KernelTests.MountOptions.ModuleParameters;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Redirects that were switched on below a running engine are switched off again, and the engine looks anew.</summary>
[Collection(MountOptions.ModuleParametersCollection.Name)]
[Trait(ModuleParameters.Trait, ModuleParameters.Alone)]
public sealed class LiveModuleParameterTests : IDisposable
{
    private const string Parameter = "/sys/module/overlay/parameters/redirect_dir";
    private const string Image = "o2-redirect:1";

    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-repair-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);

    [Fact]
    public async Task Redirects_are_switched_off_with_their_price_unless_a_layer_depends_on_them()
    {
        using ModuleParameters parameters = ModuleParameters.Take();
        await File.WriteAllTextAsync(Parameter, "Y", Token);
        using LiveEngine engine = LiveEngine.Run(holdsParameters: true);
        engine.MakeImage(Image, root => Directory.CreateDirectory($"{root}/data"));
        Assert.Equal("false", NativeDiff(engine));
        var host = new LinuxHost(new SnapshotOptions { EngineProcessId = engine.ProcessId, ScanUppers = true });
        var executor = new RepairExecutor(host, new ProgramEngineControl(engine.Client, engine.RestartProgram));

        RepairPlan plan = await PlanAsync(host);
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        Assert.Equal([typeof(SetModuleParameterAction), typeof(RestartEngineAction)], plan.Steps.Select(step => step.Action.GetType()));
        RepairOutcome outcome = await executor.ApplyAsync(plan, BytePath.FromText($"{_scratch}/journal"), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(("N", "true"), (Read(), NativeDiff(engine)));
        EngineContainer later = engine.RunContainer(Image);
        Assert.Throws<IOException>(() => Directory.Move($"{later.Root}/data", $"{later.Root}/moved"));

        Assert.Equal("", host.Configuration.SetModuleParameter("redirect_dir", "N", "Y").Error);
        EngineContainer last = engine.RunContainer(Image);
        Directory.Move($"{last.Root}/data", $"{last.Root}/moved");
        RepairRefusal refusal = Assert.Single((await PlanAsync(host)).Refusals);
        Assert.Contains("the layers of 1 containers hold redirects", refusal.Reason, StringComparison.Ordinal);
    }

    private static string Read() => File.ReadAllText(Parameter).Trim();

    private static string NativeDiff(LiveEngine engine) =>
        engine.Docker("info", "-f", "{{range .DriverStatus}}{{if eq (index . 0) \"Native Overlay Diff\"}}{{index . 1}}{{end}}{{end}}");

    private static async Task<RepairPlan> PlanAsync(LinuxHost host) => RepairPlanner.Plan(
        new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token),
        new RepairPolicy { Only = RepairPolicy.Default.Only.Add("OVL0302"), AllowEngineControl = true, MaxRisk = RepairRisk.R3 });
}
