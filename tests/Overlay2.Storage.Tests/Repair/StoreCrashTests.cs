using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Runs of a plan about a store that end anywhere: they can be resumed and rolled back. eng/crash.sh ends them inside of actions too.</summary>
public sealed class StoreCrashTests : IDisposable
{
    private const string Killed = "killed";

    private readonly StoreOnDisk _store = new();
    private readonly Dictionary<string, BytePath> _marks = new(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_run_that_ends_anywhere_can_be_resumed_and_rolled_back()
    {
        new StoreDamage(_store.Root).Make("several");
        string[] damaged = _store.Listing();
        RepairPlan plan = await _store.Plan();
        Assert.Empty(plan.Refusals);
        var executor = new RepairExecutor(_store.Host);
        string[] repaired = await Finish(executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token), RepairOutcomeStatus.Succeeded);
        Assert.Equal(damaged, await Finish(executor.RollbackAsync(_store.LastJournal, cancellationToken: Token), RepairOutcomeStatus.RolledBack));

        int ends = 0;
        while (await Begin(plan, ends))
        {
            Assert.Equal(repaired, await Finish(executor.ResumeAsync(_store.LastJournal, cancellationToken: Token), RepairOutcomeStatus.Succeeded));
            Assert.Equal(damaged, await Finish(executor.RollbackAsync(_store.LastJournal, cancellationToken: Token), RepairOutcomeStatus.RolledBack));
            Assert.True(await Begin(plan, ends));
            Assert.Equal(damaged, await Finish(executor.RollbackAsync(_store.LastJournal, cancellationToken: Token), RepairOutcomeStatus.RolledBack));
            ends++;
        }

        Assert.Equal(plan.Steps.Length * 4, ends);
        Assert.Equal(damaged, await Finish(executor.RollbackAsync(_store.LastJournal, cancellationToken: Token), RepairOutcomeStatus.RolledBack));
    }

    [Fact]
    public async Task A_display_that_fails_at_every_step_stops_no_repair()
    {
        new StoreDamage(_store.Root).Make("several");
        string[] damaged = _store.Listing();
        RepairPlan plan = await _store.Plan();
        var display = new FailingDisplay();
        var executor = new RepairExecutor(_store.Host);

        RepairOutcome applied = await executor.ApplyAsync(plan, _store.NextJournal(), display, Token);
        RepairOutcome back = await executor.RollbackAsync(_store.LastJournal, display, Token);

        Assert.True(applied.Status == RepairOutcomeStatus.Succeeded, applied.Reason);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(plan.Steps.Length * 2, display.Calls);
        Assert.Equal(damaged, _store.Listing());
    }

    private sealed class FailingDisplay : IProgress<RepairStepOutcome>
    {
        public int Calls { get; private set; }

        public void Report(RepairStepOutcome value)
        {
            Calls++;
            throw new IOException("the pipe is broken");
        }
    }

    /// <summary>Begins a run that ends at one of its points, and leaves what an action leaves that is ended there.</summary>
    /// <returns>Whether it ended.</returns>
    private async Task<bool> Begin(RepairPlan plan, int end)
    {
        int point = 0;
        int actions = 0;
        var dying = new RepairExecutor(_store.Host)
        {
            Checkpoint = name =>
            {
                actions += name == "before action" ? 1 : 0;
                if (point++ != end)
                    return;
                if (name is "before action" or "after action" && plan.Steps[actions - 1].Action is ReplaceEntryAction replace)
                    File.WriteAllText($"{Path.GetDirectoryName(replace.Place.FullPath.ToString())}/.overlay2-{Mark()}.new", "half");
                throw new InvalidOperationException(Killed);
            },
        };
        try
        {
            await dying.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);
            return false;
        }
        catch (InvalidOperationException e) when (e.Message == Killed)
        {
            return true;
        }
    }

    private async Task<string[]> Finish(Task<RepairOutcome> run, RepairOutcomeStatus status)
    {
        RepairOutcome outcome = await run;
        Assert.True(outcome.Status == status, outcome.Reason);
        string[] listing = _store.Listing();
        Assert.DoesNotContain(listing, line => line.Contains(".overlay2-", StringComparison.Ordinal));
        return listing;
    }

    /// <summary>What the run's own names are known by: it is in the journal's first line, and another in each.</summary>
    private string Mark()
    {
        string first = File.ReadLines($"{_store.LastJournal}/journal.jsonl").First();
        string mark = first.Split("\"text\":\"")[1].Split('"')[0].Split(' ')[^1];
        Assert.Matches("^[0-9a-f]{16}$", mark);
        Assert.True(_marks.TryAdd(mark, _store.LastJournal) || _marks[mark] == _store.LastJournal);
        return mark;
    }
}
