using Overlay2.Storage.Repair.Actions;

namespace Overlay2.Storage.Repair;

/// <summary>What holds of every plan, whoever wrote it.</summary>
internal static class PlanRules
{
    /// <summary>Checks a plan that may come from anywhere.</summary>
    /// <exception cref="RepairPlanException">It breaks a rule.</exception>
    public static void Check(RepairPlan plan)
    {
        if (plan.Policy?.Only is null || plan.Policy.Except is null || plan.HostId is null || plan.BootId is null)
            throw new RepairPlanException("The plan lacks its policy, host or boot.");
        if (plan.Diagnosis is not { Suppressed: not null, Severities: not null } diagnosis || diagnosis.MinimumOrphanAge < TimeSpan.Zero
            || diagnosis.Suppressed.Any(id => id is null) || diagnosis.Severities.Values.Any(severity => !Enum.IsDefined(severity)))
        {
            throw new RepairPlanException("The plan's options of the diagnosis are none.");
        }

        if (!PlanPaths.IsPlain(plan.Policy.KeepDirectory))
            throw new RepairPlanException("The directory for what is kept is no plain absolute path.");
        if (plan.Steps.IsDefault || plan.Goals.IsDefault || plan.Alternatives.IsDefault || plan.Refusals.IsDefault || plan.KnownFindings.IsDefault || plan.SuspendedRules.IsDefault)
            throw new RepairPlanException("The plan lacks a list.");
        if (plan.Steps.Any(step => step is null) || plan.Goals.Any(goal => goal is null) || plan.Alternatives.Any(course => course is null) || plan.Refusals.Any(refusal => refusal is null))
            throw new RepairPlanException("A list of the plan holds nothing at a place.");
        if (plan.Risk > plan.Policy.MaxRisk)
            throw new RepairPlanException($"A step has risk {plan.Risk}, the policy allows {plan.Policy.MaxRisk}.");
        for (int i = 0; i < plan.Steps.Length; i++)
            Check(plan, plan.Steps[i], i);
    }

    private static void Check(RepairPlan plan, RepairStep step, int index)
    {
        if (step.Action is null || step.Preconditions.IsDefault || step.Postconditions.IsDefaultOrEmpty || step.Undo.IsDefault)
            throw new RepairPlanException($"Step {index + 1} has no action or no postcondition.");
        if (step.Preconditions.Concat(step.Postconditions).Any(predicate => predicate is null))
            throw new RepairPlanException($"A condition of step {index + 1} is missing.");
        if (step.Action.FindLack(plan, step) is { } lack)
            throw new RepairPlanException($"Step {index + 1} {lack}.");
        if (!step.Action.IsAllowedIn(plan) || step.Undo.Any(undo => undo is null || !undo.IsAllowedAsUndo(plan)))
            throw new RepairPlanException($"Step {index + 1} does what no plan may do, or what its policy does not allow.");
    }
}
