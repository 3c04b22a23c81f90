using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>The recorded states of a real engine, repaired on a copy in memory.</summary>
public sealed class StoreRepairTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> AllStates => DockerRootCorpus.AllStates;

    /// <summary>States whose finding is mended whole: the finding that goes.</summary>
    public static TheoryData<string, string> Mended => new()
    {
        { "empty-link-file", "OVL0101" },
        { "l-symlink-to-wrong-layer", "OVL0102" },
        { "layerdb-missing-cache-id", "OVL0114" },
        { "layerdb-missing-mount-id", "OVL0114" },
        { "lower-file-empty", "OVL0103" },
        { "lower-file-missing", "OVL0113" },
        { "missing-l-symlink", "OVL0102" },
        { "missing-link-file", "OVL0113" },
        { "workdir-missing", "OVL0113" },
    };

    [Theory]
    [MemberData(nameof(Mended))]
    public async Task What_the_store_says_elsewhere_is_written_back(string state, string id)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);
        RepairPlan plan = Plan(snapshot);

        Assert.Contains(plan.Goals, goal => goal.FindingId == id);
        RepairOutcome outcome = await new RepairExecutor(new MemoryHost(snapshot)).DryRunAsync(plan, Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.DoesNotContain(outcome.Report!.Findings, finding => finding.Id == id);
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public async Task No_plan_makes_anything_worse(string state)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot, cancellationToken: Token);
        RepairPlan plan = RepairPlanner.Plan(report, cancellationToken: TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());

        // Whatever is found is repaired or refused by name.
        foreach (Finding finding in report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && finding.Status != FindingStatus.Unknown))
            Assert.True(plan.Goals.Any(goal => goal.FindingId == finding.Id) || plan.Refusals.Any(refusal => refusal.FindingId == finding.Id), finding.ToString());
        Assert.All(plan.Steps, step => Assert.NotEmpty(step.Postconditions));
        Assert.Equal(plan.ToJson(), RepairPlan.Parse(plan.ToJson()).ToJson());
        if (plan.Steps.IsEmpty)
            return;
        RepairOutcome outcome = await new RepairExecutor(new MemoryHost(snapshot)).DryRunAsync(plan, Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
    }

    private static RepairPlan Plan(StorageSnapshot snapshot)
    {
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: Token));
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        return plan;
    }
}
