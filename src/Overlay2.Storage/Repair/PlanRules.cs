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
        {
            if (FindFault(plan, plan.Steps[i]) is { } fault)
                throw new RepairPlanException($"Step {i + 1} {fault}.");
        }
    }

    /// <summary>Why a plan may not have a step, as what the step does or lacks; <see langword="null"/> if it may.</summary>
    /// <param name="plan">The plan, as far as it is made.</param>
    /// <param name="step">The step.</param>
    public static string? FindFault(RepairPlan plan, RepairStep step)
    {
        if (step.Action is null || step.Preconditions.IsDefault || step.Postconditions.IsDefaultOrEmpty || step.Undo.IsDefault)
            return "has no action or no postcondition";
        if (step.Preconditions.Concat(step.Postconditions).Any(predicate => predicate is null))
            return "lacks a condition";
        return step.Action.FindLack(plan, step)
            ?? (step.Action.IsAllowedIn(plan) && step.Undo.All(undo => undo is not null && undo.IsAllowedAsUndo(plan)) ? null : "does what no plan may do, or what its policy does not allow");
    }
}
