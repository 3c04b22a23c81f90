using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>The first of the two plans of the engine's manual, as the alternative of a plan, killed at every point and undone.</summary>
public sealed class EnginePlanTests : IDisposable
{
    /// <summary>Two containers: a cover, two overlays, two stops, the engine, two starts.</summary>
    private const int Steps = 8;

    private const int Restart = 5;

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-journal").FullName;
    private readonly StorageSnapshot _snapshot = RepairSamples.SelfBindWithStore;
    private readonly MemoryHost _host;
    private readonly MemoryEngine _engine;

    public EnginePlanTests()
    {
        _host = new MemoryHost(_snapshot);
        _engine = new MemoryEngine(_host, _snapshot);
    }

    public static TheoryData<int, bool, bool> Deaths
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (int point = 0; point < Steps * 4; point++)
                data.Add(point, false, false);

            // Before the action is noted as done the engine may have begun it: the stops, its own start, the starts.
            for (int step = Restart - 2; step < Steps; step++)
                data.Add(step * 4 + 1, true, false);
            data.Add(Restart * 4 + 1, false, true);
            return data;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BytePath Journal => BytePath.FromText($"{_directory}/journal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Done_and_undone_it_gives_the_mounts_before()
    {
        string[] before = Listing();
        RepairPlan plan = Choose();
        Assert.Equal(Steps, plan.Steps.Length);
        Assert.All(plan.Steps, step => Assert.Equal(RepairReversibility.Reversible, step.Reversibility));
        var executor = new RepairExecutor(_host, _engine);

        RepairOutcome outcome = await executor.ApplyAsync(plan, Journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        AssertHealthy();

        RepairOutcome back = await executor.RollbackAsync(Journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        AssertAsBefore(before);
        Assert.Equal(1, _engine.Starts);
    }

    public static TheoryData<int, string> Cancellations
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int step = 0; step < Steps; step++)
            {
                foreach (string point in (string[])["before intent", "before action", "after action", "after done"])
                    data.Add(step, point);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cancellations))]
    public async Task A_step_that_is_begun_is_done_to_its_end_when_the_caller_cancels(int step, string point)
    {
        using var source = new CancellationTokenSource();
        int seen = 0;
        var executor = new RepairExecutor(_host, _engine) { Checkpoint = at => Cancel(at) };
        RepairOutcome outcome = await executor.ApplyAsync(Choose(), Journal, cancellationToken: source.Token);

        Assert.Equal(step == Steps - 1 ? RepairOutcomeStatus.Succeeded : RepairOutcomeStatus.Cancelled, outcome.Status);
        Assert.Equal(step + 1, outcome.Steps.Length);
        Assert.All(outcome.Steps, static done => Assert.Equal("done", done.Result));
        if (step < Steps - 1)
            Assert.Equal(RepairOutcomeStatus.Succeeded, (await new RepairExecutor(_host, _engine).ResumeAsync(Journal, cancellationToken: Token)).Status);
        AssertHealthy();

        void Cancel(string at)
        {
            if (at == point && seen++ == step)
                source.Cancel();
        }
    }

    /// <param name="point">Where it dies.</param>
    /// <param name="isLate">Whether the engine goes on with what it was asked for when nobody waits for it any more.</param>
    /// <param name="isDown">Whether the engine has ended and does not start by itself.</param>
    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task A_run_that_dies_anywhere_ends_healthy_when_resumed(int point, bool isLate, bool isDown)
    {
        await Die(point, isLate, isDown);

        RepairOutcome outcome = await new RepairExecutor(_host, _engine).ResumeAsync(Journal, cancellationToken: Token);
        _engine.CarryOutLate();

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.True(_engine.Starts > 0, "the engine was not started again");
        AssertHealthy();
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task A_run_that_dies_anywhere_gives_the_mounts_before_when_rolled_back(int point, bool isLate, bool isDown)
    {
        string[] before = Listing();
        await Die(point, isLate, isDown);

        // The rolling back dies too, once at each of its points, before it comes to its end.
        for (int death = 0; ; death++)
        {
            int left = death;
            bool hasDied = false;
            var executor = new RepairExecutor(_host, _engine) { Checkpoint = _ => { if (left-- == 0) { hasDied = true; throw new InvalidOperationException("killed"); } } };
            try
            {
                RepairOutcome outcome = await executor.RollbackAsync(Journal, cancellationToken: Token);
                Assert.True(outcome.Status == RepairOutcomeStatus.RolledBack, outcome.Reason);
                Assert.False(hasDied);
                break;
            }
            catch (InvalidOperationException) when (hasDied)
            {
                RepairOutcome resumed = await new RepairExecutor(_host, _engine).ResumeAsync(Journal, cancellationToken: Token);
                Assert.Equal(RepairOutcomeStatus.Refused, resumed.Status);
            }
        }

        _engine.CarryOutLate();
        AssertAsBefore(before);
    }

    [Fact]
    public async Task A_container_that_the_engine_starts_by_itself_is_no_hindrance()
    {
        _engine.Always.UnionWith(_engine.Containers);

        RepairOutcome outcome = await new RepairExecutor(_host, _engine).ApplyAsync(Choose(), Journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        AssertHealthy();
    }

    [Fact]
    public async Task Without_control_of_the_engine_nothing_is_begun()
    {
        string[] before = Listing();

        RepairOutcome outcome = await new RepairExecutor(_host).ApplyAsync(Choose(), Journal, cancellationToken: Token);

        Assert.Equal(RepairOutcomeStatus.Refused, outcome.Status);
        Assert.False(Directory.Exists(Journal.ToString()));
        AssertAsBefore(before);
    }

    [Fact]
    public async Task Without_control_of_the_engine_nothing_is_undone_and_the_run_can_go_on()
    {
        await Die(Steps * 4 - 1, isLate: false, isDown: false);
        string[] now = Listing();

        RepairOutcome back = await new RepairExecutor(_host).RollbackAsync(Journal, cancellationToken: Token);
        Assert.Equal(RepairOutcomeStatus.Refused, back.Status);
        Assert.Contains("through the engine", back.Reason, StringComparison.Ordinal);
        Assert.Equal(now, Listing());

        RepairOutcome outcome = await new RepairExecutor(_host, _engine).ResumeAsync(Journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
    }

    [Fact]
    public async Task A_step_that_nothing_undoes_leaves_everything_as_it_is_and_the_run_can_go_on()
    {
        // Of an overlay that is no container's the engine knows nothing.
        StorageSnapshot snapshot = RepairSamples.SelfBind;
        var host = new MemoryHost(snapshot);
        var engine = new MemoryEngine(host, snapshot);
        RepairPlan plan = RepairSamples.Plan(snapshot, new RepairPolicy { AllowEngineControl = true });
        int left = 2 * 4 - 1;
        var dying = new RepairExecutor(host, engine) { Checkpoint = _ => { if (left-- == 0) throw new InvalidOperationException("killed"); } };
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.ApplyAsync(plan.Choose(plan.Alternatives[0]), Journal, cancellationToken: Token));
        string[] now = [.. RepairSamples.Listing(host.Mounts.LoadMounts(0))];
        var executor = new RepairExecutor(host, engine);

        RepairOutcome back = await executor.RollbackAsync(Journal, cancellationToken: Token);
        Assert.Equal((RepairOutcomeStatus.Refused, 4), (back.Status, back.ExitCode));
        Assert.Contains("step 2", back.Reason, StringComparison.Ordinal);
        Assert.Contains("cannot be undone", back.Reason, StringComparison.Ordinal);
        Assert.Equal(now, RepairSamples.Listing(host.Mounts.LoadMounts(0)));

        RepairOutcome outcome = await executor.ResumeAsync(Journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
    }

    [Fact]
    public void No_plan_stops_a_container_that_its_stop_removes()
    {
        var policy = new RepairPolicy { AllowEngineControl = true, MaxRisk = RepairRisk.R3 };
        RepairPlan covered = RepairSamples.Plan(RepairSamples.WithStore(RepairSamples.SelfBind, isRemovedOnStop: true), policy);
        Assert.NotEmpty(covered.Steps);
        Assert.All(covered.Alternatives, course => Assert.Empty(course.Steps));
        Assert.Contains(covered.Alternatives.SelectMany(course => course.Instructions), line => line.Contains("container-2", StringComparison.Ordinal) && line.Contains("Copy", StringComparison.Ordinal));

        StorageSnapshot bare = MadeUpHost.Of(MadeUpHost.Root);
        RepairPlan unmounted = RepairSamples.Plan(RepairSamples.WithStore(bare, isRemovedOnStop: true), policy);
        Assert.Equal([new string('1', 64)], unmounted.Steps.Select(step => Assert.IsType<ContainerAction>(step.Action).ContainerId.ToString()).Distinct());
        Assert.Contains(unmounted.Refusals, refusal => refusal.FindingId == "OVL0007" && refusal.Reason.Contains("removes it", StringComparison.Ordinal));
    }

    /// <summary>Applies the plan and dies at a point of it.</summary>
    private async Task Die(int point, bool isLate, bool isDown)
    {
        RepairPlan plan = Choose();
        Assert.IsType<RestartEngineAction>(plan.Steps[Restart].Action);
        int left = point;
        var dying = new RepairExecutor(_host, _engine) { Checkpoint = _ => { if (left-- == 0) throw new InvalidOperationException("killed"); } };
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.ApplyAsync(plan, Journal, cancellationToken: Token));
        if (isLate)
            _engine.TakeLate(plan.Steps[point / 4].Action);
        _engine.Answers = !isDown;
    }

    private RepairPlan Choose()
    {
        RepairPlan plan = RepairSamples.Plan(_snapshot, new RepairPolicy { AllowEngineControl = true });
        return plan.Choose(plan.Alternatives.First(course => !course.Steps.IsEmpty));
    }

    private void AssertHealthy()
    {
        MountTable table = _host.Mounts.LoadMounts(0);
        Assert.Equal(3, table.Entries.Length);
        Assert.All(table.Entries, mount => Assert.Equal(MountVisibilityStatus.Visible, table.GetVisibility(mount).Status));
        Assert.Equal(2, _engine.Running.Count);
        Assert.True(_engine.Answers);
    }

    private void AssertAsBefore(string[] before)
    {
        Assert.Equal(before, Listing());
        Assert.Equal(2, _engine.Running.Count);
        Assert.True(_engine.Answers);
    }

    /// <summary>The mounts; an overlay that is mounted anew has another device.</summary>
    private string[] Listing() => [.. RepairSamples.Listing(_host.Mounts.LoadMounts(0)).Select(line => line.Contains(" overlay ", StringComparison.Ordinal) ? line[(line.IndexOf(' ') + 1)..] : line).Order(StringComparer.Ordinal)];
}
