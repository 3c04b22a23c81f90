using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>OVL0302: redirects are switched off only where no layer depends on them.</summary>
public sealed class ModuleParameterRepairTests : IDisposable
{
    private static readonly RepairPolicy s_only = new() { Only = RepairPolicy.Default.Only.Add("OVL0302") };

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-journal").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BytePath Journal => BytePath.FromText($"{_directory}/journal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("redirect_dir")]
    [InlineData("metacopy redirect_dir")]
    public async Task Parameters_are_switched_off_and_on_again(string parameters)
    {
        string[] names = parameters.Split(' ');
        StorageSnapshot snapshot = Sample(names);
        RepairPlan plan = RepairPlan.Parse(Plan(snapshot, s_only).ToJson());
        Assert.Equal(names, plan.Steps.Select(step => Assert.IsType<SetModuleParameterAction>(step.Action).Parameter));
        Assert.Contains("EXDEV", plan.Steps[^1].Effect, StringComparison.Ordinal);
        Assert.Equal(RepairRisk.R2, plan.Risk);
        Assert.Contains(plan.Alternatives, course => course.Instructions.Any(line => line.Contains($"options overlay {string.Join(' ', names.Select(name => name + "=N"))}", StringComparison.Ordinal)));
        var host = new MemoryHost(snapshot);
        var executor = new RepairExecutor(host);

        Assert.Equal(RepairOutcomeStatus.Succeeded, (await executor.DryRunAsync(plan, Token)).Status);
        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.All(names, name => Assert.Equal("N", host.Configuration.ReadModuleParameter(name)));
        Assert.Equal(RepairOutcomeStatus.RolledBack, (await executor.RollbackAsync(Journal, cancellationToken: Token)).Status);
        Assert.All(names, name => Assert.Equal("Y", host.Configuration.ReadModuleParameter(name)));
    }

    [Fact]
    public void The_engine_that_looked_when_it_started_has_to_start_again()
    {
        StorageSnapshot snapshot = Sample("redirect_dir");
        snapshot = snapshot with { Engine = SnapshotPart.Known(snapshot.Engine.Value with { UsesNativeDiff = false }) };

        RepairPlan careful = Plan(snapshot, s_only);
        RepairPlan allowed = Plan(snapshot, s_only with { AllowEngineControl = true, MaxRisk = RepairRisk.R3 });

        Assert.Empty(careful.Steps);
        Assert.Contains("start it again", Assert.Single(careful.Refusals).Reason, StringComparison.Ordinal);
        Assert.Equal([typeof(SetModuleParameterAction), typeof(RestartEngineAction)], allowed.Steps.Select(step => step.Action.GetType()));
        Assert.Equal(RepairRisk.R3, allowed.Risk);
    }

    [Fact]
    public void Layers_that_depend_on_redirects_are_in_the_way()
    {
        StorageSnapshot snapshot = Sample("redirect_dir");
        UpperScan[] scans = [.. snapshot.Uppers.Value];
        scans[0] = scans[0] with { Marks = [new UpperMark(BytePath.FromText("a"), UpperMarkKind.Redirect, ByteString.FromText("/b"))] };

        RepairPlan plan = Plan(snapshot with { Uppers = SnapshotPart.Known(scans.ToImmutableArray()) }, s_only);

        Assert.Empty(plan.Steps);
        Assert.Contains("the layers of 1 containers", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
        Assert.Contains(plan.Alternatives, course => course.Title.Contains("Keep redirects, ", StringComparison.Ordinal));
    }

    [Fact]
    public void Layers_that_nobody_looked_through_are_in_the_way()
    {
        StorageSnapshot snapshot = Sample("redirect_dir");
        ImmutableArray<UpperScan> scans = snapshot.Uppers.Value;
        foreach (SnapshotPart<ImmutableArray<UpperScan>> part in new[]
        {
            SnapshotPart.NotTaken<ImmutableArray<UpperScan>>(), SnapshotPart.Known(scans[1..]), SnapshotPart.Known(scans.SetItem(0, scans[0] with { IsComplete = false })),
        })
        {
            RepairPlan plan = Plan(snapshot with { Uppers = part }, s_only);

            Assert.Empty(plan.Steps);
            Assert.Contains("--scan-uppers", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("redirect_dir", true, true)]
    [InlineData("redirect_dir", false, false)]
    [InlineData("metacopy", true, false)]
    public void Running_containers_are_in_the_way_where_their_new_marks_would_be_lost(string parameter, bool alwaysFollows, bool isPlanned)
    {
        StorageSnapshot snapshot = Sample(parameter);
        string layer = snapshot.Stores.Value.OfType<DockerClassicStore>().Single().ContainerLayers[0].MountId.Trimmed.ToString();
        snapshot = snapshot with
        {
            Mounts = MadeUpHost.Of(MadeUpHost.Root, MadeUpHost.Overlay(40, 30, layer)).Mounts,
            Kernel = SnapshotPart.Known(snapshot.Kernel.Value.WithParameter("redirect_always_follow", alwaysFollows ? "Y" : "N")),
        };

        RepairPlan plan = Plan(snapshot, s_only);

        Assert.Equal(isPlanned, !plan.Steps.IsEmpty);
        if (!isPlanned)
            Assert.Contains("stop them", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    private static RepairPlan Plan(StorageSnapshot snapshot, RepairPolicy policy) => RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), policy);

    private static StorageSnapshot Sample(params string[] parameters)
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        DockerClassicStore store = whole.Stores.Value.OfType<DockerClassicStore>().Single();
        KernelProfile kernel = whole.Kernel.Value;
        foreach (string parameter in parameters)
            kernel = kernel.WithParameter(parameter, "Y");
        HashSet<ByteString> uppers = [.. store.ContainerLayers.Select(layer => layer.MountId.Trimmed)];
        return whole with
        {
            Kernel = SnapshotPart.Known(kernel),
            Uppers = SnapshotPart.Known(store.Layers.Where(layer => uppers.Contains(layer.Id)).Select(layer => new UpperScan { Directory = layer.DiffPath, IsComplete = true }).ToImmutableArray()),
        };
    }
}
