using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>What holds of every plan, and of every run of one.</summary>
public sealed class RepairProperties
{
    private const int Hosts = 10_000;
    private static readonly Gen<int> s_seed = Gen.Int[0, int.MaxValue];

    [Fact]
    public void No_plan_breaks_a_rule()
    {
        int plans = 0;
        int steps = 0;
        s_seed.Sample(
            seed =>
            {
                var random = new RandomHost(seed);
                RepairPolicy policy = random.Policy;
                RepairPlan plan = Plan(random.Host, policy);
                Interlocked.Increment(ref plans);
                Interlocked.Add(ref steps, plan.Steps.Length);
                Assert.True(plan.Risk <= policy.MaxRisk);
                foreach (RepairStep step in plan.Steps.Concat(plan.Alternatives.SelectMany(course => course.Steps)))
                    Check(step, policy);

                // On the copied machine no step unmounts a mount on which another one is.
                var host = new MemoryHost(random.Host.CaptureAsync(CancellationToken.None).Result);
                foreach (RepairStep step in plan.Steps)
                {
                    if (step.Action is UnmountAction unmount)
                    {
                        MountTable table = host.Mounts.LoadMounts(unmount.NamespaceId);
                        if (unmount.Mount.FindIn(table) is { } mount)
                            Assert.True(table.GetChildren(mount).IsEmpty);
                    }

                    if (step.Action is ContainerAction or RestartEngineAction)
                        break;
                    HostResult result = step.Action.Run(host);
                    Assert.True(result.IsDone, $"{step.Title}: {result.Error}");
                }
            },
            iter: Hosts);
        Assert.True(steps > plans / 4, $"{plans} plans have only {steps} steps");
    }

    [Fact]
    public void A_plan_that_is_applied_succeeds_and_its_rollback_gives_the_mounts_before() => s_seed.Sample(
        seed =>
        {
            using var directory = new JournalDirectory();
            var random = new RandomHost(seed);
            RepairPlan plan = Plan(random.Host, new RepairPolicy { AllowOtherNamespaces = false });
            if (plan.Steps.IsEmpty)
                return;
            string[] before = Listing(random.Host);
            var executor = new RepairExecutor(random.Host);

            RepairOutcome outcome = executor.ApplyAsync(plan, directory.Path).Result;
            Assert.True(outcome.Status is RepairOutcomeStatus.Succeeded or RepairOutcomeStatus.StillIll, outcome.Reason);
            RepairOutcome back = executor.RollbackAsync(directory.Path).Result;

            if (plan.Steps.All(step => step.Reversibility == RepairReversibility.Reversible))
            {
                Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
                Assert.Equal(before, Listing(random.Host));
            }
        },
        iter: 500);

    [Fact]
    public void Whatever_others_do_meanwhile_only_the_planned_mounts_are_touched()
    {
        int ended = 0;
        int stopped = 0;
        s_seed.Sample(
            seed =>
            {
                using var directory = new JournalDirectory();
                var random = new RandomHost(seed);
                RepairPlan plan = Plan(random.Host, new RepairPolicy { AllowOtherNamespaces = true });
                if (plan.Steps.IsEmpty)
                    return;
                var dice = new Random(seed);
                var host = new RacingHost(random, dice.Next(2, 12), dice);
                RepairOutcome outcome = new RepairExecutor(host).ApplyAsync(plan, directory.Path).Result;

                Assert.Empty(host.Wrongs);
                Interlocked.Increment(ref outcome.Status == RepairOutcomeStatus.Stopped ? ref stopped : ref ended);
            },
            iter: Hosts);
        Assert.True(ended > 100 && stopped > 100, $"{ended} ended, {stopped} were stopped: the race does not race");
    }

    private static void Check(RepairStep step, RepairPolicy policy)
    {
        Assert.NotEmpty(step.Postconditions);
        Assert.True(step.Action is not (ContainerAction or RestartEngineAction) || policy.AllowEngineControl);
        Assert.True(step.Action is not UnmountAction { NamespaceId: not 0 } || policy.AllowOtherNamespaces);
        Assert.DoesNotContain("-l", step.ShellLine.Split(' '));
        foreach (BytePath path in new[] { (step.Action as MakePlaceAction)?.Place, (step.Action as RemovePlaceAction)?.Place }.OfType<BytePath>())
            Assert.True(path.StartsWith(policy.KeepDirectory));
        if (step.Action is UnmountAction unmount)
            Assert.Contains(step.Preconditions, predicate => predicate is NoChildrenPredicate childless && childless.Mount == unmount.Mount);
    }

    private static RepairPlan Plan(MemoryHost host, RepairPolicy policy) =>
        RepairPlanner.Plan(new StorageDiagnoser().Diagnose(host.CaptureAsync(CancellationToken.None).Result), policy);

    private static string[] Listing(MemoryHost host)
    {
        MountTable table = host.Mounts.LoadMounts(0);
        return [.. table.Entries.Select(mount => $"{mount.Major}:{mount.Minor} {mount.Root} {mount.MountPoint} {table.GetVisibility(mount).Status} {Members(mount.Propagation.SharedPeerGroup)} {Members(mount.Propagation.Master)}").Order(StringComparer.Ordinal)];

        // The number of a peer group is new each time; who is in it is not.
        string Members(int? group) => group is null ? "-" : $"[{string.Join(' ', table.Entries.Where(entry => entry.Propagation.SharedPeerGroup == group).Select(entry => entry.MountPoint.ToString()).Order(StringComparer.Ordinal))}]";
    }
}
