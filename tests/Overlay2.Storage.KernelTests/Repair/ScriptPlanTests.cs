using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>The scripts of plans about mounts, and of their alternatives: they leave the mounts that the executor leaves, or say why they do not.</summary>
public sealed class ScriptPlanTests
{
    private static readonly string[] s_reasons = ["# a script has no control of the engine", "# no program makes a mount a peer of another", "# only the engine knows which containers run, and a script has no control of it"];

    public static TheoryData<string, string> Faults
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string fault in FaultyNamespace.Faults)
            {
                foreach (string shell in ScriptRoom.Shells)
                    data.Add(fault, shell);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_script_leaves_the_mounts_that_the_executor_leaves(string fault, string shell)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        int alternatives;
        using (var faulty = new FaultyNamespace(fault))
            alternatives = Plan(faulty).Alternatives.Length;
        for (int i = -1; i < alternatives; i++)
        {
            using var executed = new FaultyNamespace(fault);
            using var scripted = new FaultyNamespace(fault);
            Assert.Equal(executed.CommonListing(), scripted.CommonListing());
            RepairPlan plan = Plan(executed);
            RepairPlan other = Plan(scripted);
            if (i >= 0 && plan.Alternatives[i].Steps.IsEmpty)
                continue;
            if (i >= 0)
                (plan, other) = (plan.Choose(plan.Alternatives[i]), other.Choose(other.Alternatives[i]));
            string script = other.ToShellScript();
            if (script.Contains("is not for a script'", StringComparison.Ordinal))
            {
                Assert.True(i >= 0, script);
                Assert.Contains(script.Split('\n'), line => s_reasons.Contains(line, StringComparer.Ordinal));
                continue;
            }

            RepairOutcome outcome = await new RepairExecutor(executed.Host).ApplyAsync(plan, executed.Journal("journal"), cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
            ToolRun run = scripted.Shell(script, shell);

            Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output + script);
            Assert.Equal(executed.CommonListing(), scripted.CommonListing());
            Assert.Empty(scripted.Findings);
            Assert.Equal(executed.Read('a'), scripted.Read('a'));
        }
    }

    private static RepairPlan Plan(FaultyNamespace faulty)
    {
        StorageSnapshot snapshot = faulty.Capture();
        return RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken), faulty.Policy);
    }
}
