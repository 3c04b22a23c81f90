using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Damages made on disk in a copy of a recorded store: the plan gives back every byte, and can be undone.</summary>
public sealed class StoreOnDiskTests : IDisposable
{
    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Damages => [.. StoreDamage.Mended];

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_journal_is_made_with_the_directories_above_it_unless_the_plan_is_refused()
    {
        new StoreDamage(_store.Root).Make("one link gone");
        RepairPlan plan = await _store.Plan();
        string above = _store.NextJournal().ToString();
        var journal = BytePath.FromText($"{above}/of/plans");
        var executor = new RepairExecutor(_store.Host);

        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.ApplyAsync(plan with { BootId = "other" }, journal, cancellationToken: Token)).Status);
        Assert.False(Directory.Exists(above));

        RepairOutcome outcome = await executor.ApplyAsync(plan, journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        foreach (string directory in (string[])[above, $"{above}/of", $"{above}/of/plans"])
            Assert.Equal("700", _store.Shell($"stat -c %a '{directory}'").Output.Trim());
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Every_byte_comes_back(string damage)
    {
        // What the kernel made in a work directory it makes again.
        foreach (string inner in Directory.GetDirectories($"{_store.Root}/overlay2").Select(layer => $"{layer}/work/work").Where(Directory.Exists))
            Directory.Delete(inner, recursive: true);
        string[] whole = _store.Listing();
        new StoreDamage(_store.Root).Make(damage);
        string[] damaged = _store.Listing();
        Assert.NotEqual(whole, damaged);

        RepairPlan plan = await _store.Plan();
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        Assert.Empty(plan.Refusals);
        var executor = new RepairExecutor(_store.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, Token);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.Equal(damaged, _store.Listing());

        BytePath journal = _store.NextJournal();
        RepairOutcome outcome = await executor.ApplyAsync(plan, journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(whole, WithoutQuarantine());
        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token)).Status);

        RepairOutcome back = await executor.RollbackAsync(journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(damaged, _store.Listing());
    }

    private IEnumerable<string> WithoutQuarantine() => _store.Listing().Where(line => !line.Contains("overlay2-quarantine", StringComparison.Ordinal));
}
