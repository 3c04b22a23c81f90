using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>While a plan is carried out another thread mounts, unmounts, renames and swaps links at the driver home.</summary>
public sealed class RepairRaceTests
{
    private const int Rounds = 200;

    private static readonly string[] s_faults = ["self-bind", "foreign", "two-covers", "self-bind-shared", "children-shared", "children-private"];

    [Fact]
    public async Task No_mount_but_the_planned_ones_goes_whatever_others_do_meanwhile()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        var ends = new SortedDictionary<RepairOutcomeStatus, int>();
        int acts = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            using var faulty = new FaultyNamespace(s_faults[seed % s_faults.Length]);
            RepairPlan plan = RepairPlanner.Plan(faulty.Diagnose(), faulty.Policy, cancellationToken: TestContext.Current.CancellationToken);
            Assert.NotEmpty(plan.Steps);
            string[] overlays = Overlays(faulty.Host.Mounts.LoadMounts(0));

            var rival = new MountRival(faulty, seed);
            RepairOutcome outcome;

            // In most rounds the rival begins right before a step acts, when everything was checked.
            int first = seed % 4 == 0 ? -1 : seed % plan.Steps.Length;
            var executor = new RepairExecutor(faulty.Host)
            {
                Checkpoint = point =>
                {
                    if (point == "before action" && first-- == 0)
                        rival.Start();
                },
            };
            if (first < 0)
                rival.Start();
            try
            {
                outcome = await executor.ApplyAsync(plan, faulty.Journal("race"), cancellationToken: TestContext.Current.CancellationToken);
            }
            finally
            {
                rival.Stop();
            }

            MountTable after = faulty.Host.Mounts.LoadMounts(0);
            HashSet<string> sources = [.. after.Entries.Select(mount => mount.Source.ToString())];
            Assert.True(rival.Sources.All(sources.Contains), $"seed {seed}, {outcome.Status} {outcome.Reason}: lost {string.Join(' ', rival.Sources.Where(source => !sources.Contains(source)))}");
            Assert.Equal(overlays, Overlays(after));
            Assert.DoesNotContain(after.Entries, mount => mount.IsOverlay && after.GetParent(mount) is { } below && rival.Sources.Contains(below.Source.ToString()));
            Assert.Contains(outcome.Status, (RepairOutcomeStatus[])[RepairOutcomeStatus.Succeeded, RepairOutcomeStatus.Refused, RepairOutcomeStatus.Stopped, RepairOutcomeStatus.StillIll]);
            Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded || outcome.Reason.Length > 0);

            // All steps were done: what is ill still came from the rival, and goes with it.
            if (outcome.Status == RepairOutcomeStatus.StillIll)
            {
                Assert.True(rival.Sources.Count > 0, $"seed {seed}: {outcome.Reason}");
                rival.UnmountAll();
                Assert.True(faulty.Findings.Length == 0, $"seed {seed}: {outcome.Reason}; without the rival's mounts {string.Join(' ', faulty.Findings)}");
            }

            ends[outcome.Status] = ends.GetValueOrDefault(outcome.Status) + 1;
            acts += rival.Acts;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{acts} acts; {string.Join(", ", ends.Select(end => $"{end.Key} {end.Value}"))}");
        Assert.True(ends.ContainsKey(RepairOutcomeStatus.Succeeded) && ends.ContainsKey(RepairOutcomeStatus.Stopped), "Nobody ever came between, or always.");
    }

    /// <summary>The overlays that are mounted, each once however often.</summary>
    private static string[] Overlays(MountTable table) =>
        [.. table.Entries.Where(mount => mount.IsOverlay).Select(mount => $"{mount.Major}:{mount.Minor}").Distinct().Order(StringComparer.Ordinal)];
}
