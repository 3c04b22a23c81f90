using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>A plan rests on the options of the diagnosis that it came from, and is judged with them.</summary>
public sealed class PlanOptionsTests : IDisposable
{
    private static readonly RepairPolicy s_policy = new() { Only = ImmutableSortedSet.Create(StringComparer.Ordinal, FindingIds.OrphanLayer) };
    private static readonly DiagnosisOptions s_oneHour = DiagnosisOptions.Default with { MinimumOrphanAge = TimeSpan.FromHours(1) };

    private readonly StoreOnDisk _store = new();
    private readonly string _orphan;

    public PlanOptionsTests()
    {
        _orphan = $"{_store.Root}/overlay2/{new string('e', 64)}";
        Directory.CreateDirectory($"{_orphan}/diff");
        Directory.SetLastWriteTimeUtc(_orphan, DateTime.UtcNow.AddHours(-2));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task An_orphan_that_only_the_callers_options_make_one_is_planned_tried_and_set_aside()
    {
        Assert.DoesNotContain((await _store.Diagnose()).Findings, finding => finding.Id == FindingIds.OrphanLayer);
        RepairPlan plan = RepairPlan.Parse((await PlanAsync(s_oneHour)).ToJson());
        Assert.Equal(s_oneHour.MinimumOrphanAge, plan.Diagnosis.MinimumOrphanAge);
        Assert.Single(plan.Goals);
        Assert.Contains("01:00:00", plan.ToMarkdown(), StringComparison.Ordinal);

        var executor = new RepairExecutor(_store.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, Token);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.True(Directory.Exists(_orphan));

        RepairOutcome outcome = await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.False(Directory.Exists(_orphan));
        Assert.Equal(s_oneHour.MinimumOrphanAge, outcome.Report!.Options.MinimumOrphanAge);
    }

    [Fact]
    public async Task A_plan_with_other_options_than_it_was_made_with_is_refused()
    {
        RepairPlan plan = (await PlanAsync(s_oneHour)) with { Diagnosis = DiagnosisOptions.Default };

        RepairOutcome outcome = await new RepairExecutor(_store.Host).DryRunAsync(plan, Token);

        Assert.Equal(RepairOutcomeStatus.Refused, outcome.Status);
    }

    [Theory]
    [InlineData("\"minimumOrphanAge\":\"01:00:00\"", "\"minimumOrphanAge\":\"-01:00:00\"")]
    [InlineData("\"severities\":{}", "\"severities\":null")]
    public async Task Options_that_are_none_are_no_plan(string from, string to)
    {
        string json = System.Text.Json.Nodes.JsonNode.Parse((await PlanAsync(s_oneHour)).ToJson())!.ToJsonString();
        Assert.Contains(from, json, StringComparison.Ordinal);

        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(System.Text.Encoding.UTF8.GetBytes(json.Replace(from, to, StringComparison.Ordinal))));
    }

    private async Task<RepairPlan> PlanAsync(DiagnosisOptions options) =>
        RepairPlanner.Plan(new StorageDiagnoser(options).Diagnose(await _store.Host.CaptureAsync(Token), cancellationToken: Token), s_policy);
}
