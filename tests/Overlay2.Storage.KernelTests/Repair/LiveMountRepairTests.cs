using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Faults in mounts, made for real, planned, repaired and undone, in the mount namespace of another process.</summary>
public sealed class LiveMountRepairTests
{
    /// <summary>Blanks, quotes, what a shell would run, a newline at the end, and bytes that are no UTF-8.</summary>
    private static readonly byte[] s_oddName = [.. "a b'c\"d$(touch x)`e`;#\\ \t"u8, 0xff, (byte)'\n'];

    public static TheoryData<string> Faults => [.. FaultyNamespace.Faults];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_plan_ends_healthy_as_foretold_and_its_rollback_gives_the_mounts_before(string fault)
    {
        RequireRoot();
        using var faulty = new FaultyNamespace(fault);
        Assert.NotEmpty(faulty.Findings);
        string[] before = faulty.Listing();
        StorageSnapshot snapshot = faulty.Capture();
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(plan.Refusals);
        var executor = new RepairExecutor(faulty.Host);

        RepairOutcome dry = await executor.DryRunAsync(plan, TestContext.Current.CancellationToken);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.Equal(before, faulty.Listing());

        RepairOutcome outcome = await executor.ApplyAsync(plan, faulty.Journal("first"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(faulty.Findings);
        Assert.Equal("base", faulty.Read('a'));
        Assert.Equal(Foretell(faulty, snapshot, plan), faulty.Listing());

        RepairOutcome again = await executor.ApplyAsync(plan, faulty.Journal("again"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(4, again.ExitCode);

        Assert.All(plan.Steps, step => Assert.Equal(RepairReversibility.Reversible, step.Reversibility));
        RepairOutcome back = await executor.RollbackAsync(faulty.Journal("first"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(before, faulty.Listing());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_script_of_the_plan_ends_healthy_whatever_bytes_the_paths_hold(string fault)
    {
        RequireRoot();
        using var faulty = new FaultyNamespace(fault, s_oddName);
        Assert.NotEmpty(faulty.Findings);
        RepairPlan plan = RepairPlanner.Plan(faulty.Diagnose(), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(plan.Steps);

        ToolRun run = faulty.Shell(plan.ToShellScript());

        Assert.True(run.ExitCode == 0, run.Error + run.Output + plan.ToShellScript());
        Assert.Empty(faulty.Findings);
        Assert.Equal("base", faulty.Read('a'));
        Assert.NotEqual(0, faulty.Shell(plan.ToShellScript()).ExitCode);
    }

    [Fact]
    public async Task A_cover_that_somebody_uses_stays()
    {
        RequireRoot();
        using var faulty = new FaultyNamespace("self-bind");
        RepairPlan plan = RepairPlanner.Plan(faulty.Diagnose(), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
        string[] before = faulty.Listing();
        string home = $"/proc/{faulty.ProcessId}/root{faulty.Scratch}/docker/overlay2/open";
        await using FileStream open = File.Create(home);

        RepairOutcome outcome = await new RepairExecutor(faulty.Host).ApplyAsync(plan, faulty.Journal("busy"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
        Assert.Contains("EBUSY", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(before, faulty.Listing());
    }

    [Fact]
    public async Task No_mount_is_moved_onto_one_that_came_in_the_very_moment()
    {
        RequireRoot();
        using var faulty = new FaultyNamespace("children-private");
        RepairPlan plan = RepairPlanner.Plan(faulty.Diagnose(), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
        int left = plan.Steps.ToList().FindIndex(step => step.Action is MoveMountAction { On: not null });
        Assert.True(left > 0);
        var executor = new RepairExecutor(faulty.Host)
        {
            Checkpoint = point =>
            {
                if (point == "before action" && left-- == 0)
                    faulty.CoverHome();
            },
        };

        RepairOutcome outcome = await executor.ApplyAsync(plan, faulty.Journal("late"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
        Assert.Contains("is not on the mount meant", outcome.Reason, StringComparison.Ordinal);
        faulty.UncoverHome();
        outcome = await executor.ResumeAsync(faulty.Journal("late"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(faulty.Findings);
    }

    [Theory]
    [InlineData("self-bind", "is not on the mount meant")]
    [InlineData("foreign", "is not on the mount meant")]
    [InlineData("children-private", "another mount hides the one meant")]
    public async Task Nothing_is_undone_on_a_mount_that_came_later(string fault, string reason)
    {
        RequireRoot();
        using var faulty = new FaultyNamespace(fault);
        string[] before = faulty.Listing();
        RepairPlan plan = RepairPlanner.Plan(faulty.Diagnose(), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
        var executor = new RepairExecutor(faulty.Host);
        RepairOutcome outcome = await executor.ApplyAsync(plan, faulty.Journal("undo"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        faulty.CoverHome();

        RepairOutcome back = await executor.RollbackAsync(faulty.Journal("undo"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(RepairOutcomeStatus.Stopped, back.Status);
        Assert.Contains(reason, back.Reason, StringComparison.Ordinal);

        faulty.UncoverHome();
        back = await executor.RollbackAsync(faulty.Journal("undo"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(before, faulty.Listing());
    }

    private static string[] Foretell(FaultyNamespace faulty, StorageSnapshot snapshot, RepairPlan plan)
    {
        var copy = new MemoryHost(snapshot);
        foreach (RepairStep step in plan.Steps)
            Assert.True(step.Action.Run(copy).IsDone);
        return faulty.Listing(copy.Mounts.LoadMounts(0));
    }

    private static void RequireRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
}
