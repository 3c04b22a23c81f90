using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>The plan for a scenario's damage.</summary>
internal sealed class ScenarioPlan(PlanScenario scenario, Tool tool, string path)
{
    public string Path => path;

    /// <summary>The kinds of actions that there are.</summary>
    public static IEnumerable<string> AllKinds => RepairJsonContext.Default.RepairAction.PolymorphismOptions!.DerivedTypes.Select(line => (string)line.TypeDiscriminator!);

    /// <summary>The kinds of actions that do and undo its steps.</summary>
    public IEnumerable<string> Kinds => KindsOf(RepairPlan.Parse(File.ReadAllBytes(path)).Steps);

    /// <exception cref="CrashFailure">There is no plan, or it has no steps.</exception>
    public void Make()
    {
        ToolRun run = tool.RunWell(["plan", .. scenario.PlanWords, .. scenario.HostWords, "--out", path]);
        if (RepairPlan.Parse(File.ReadAllBytes(path)).Steps.IsEmpty)
            throw new CrashFailure($"the plan has no steps: {run.Output}");
    }

    public static IEnumerable<string> KindsOf(IEnumerable<RepairStep> steps) => steps.SelectMany(step => step.Undo.Prepend(step.Action)).Select(KindNames.Of);
}
