using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair.Planning;

namespace Overlay2.Storage.Repair;

/// <summary>Makes a plan out of a diagnosis.</summary>
/// <remarks>
/// A pure function: it looks at nothing but the report and the snapshot that it is of. Thread-safe. Mount topology comes before everything
/// else: under a cover nothing of a store can be seen, so what lies below it needs a new diagnosis.
/// </remarks>
public static class RepairPlanner
{
    /// <summary>Plans the repair of what a diagnosis found.</summary>
    /// <param name="report">The diagnosis.</param>
    /// <param name="policy">What the plan may do; <see cref="RepairPolicy.Default"/> if not given.</param>
    /// <param name="cancellationToken">Ends the planning, of which nothing is left.</param>
    /// <returns>A plan that <see cref="RepairPlan.Parse"/> reads: what has no room in one is refused.</returns>
    /// <exception cref="ArgumentException">No plan can have the policy, or the report's options.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RepairPlan Plan(DiagnosisReport report, RepairPolicy? policy = null, CancellationToken cancellationToken = default) =>
        Plan(report, policy, RepairPlan.MaxLength, cancellationToken);

    /// <param name="report">The diagnosis.</param>
    /// <param name="policy">What the plan may do.</param>
    /// <param name="maxLength">The most bytes that its JSON has.</param>
    /// <param name="cancellationToken">Ends the planning.</param>
    internal static RepairPlan Plan(DiagnosisReport report, RepairPolicy? policy, int maxLength, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        var draft = new PlanDraft(report, policy ?? RepairPolicy.Default, maxLength, cancellationToken);
        policy = draft.Policy;
        foreach (Finding finding in report.Findings.OrderBy(finding => FindingRepairs.TurnOf(finding.Id)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            FindingRepair? repair = FindingRepairs.Find(finding.Id);

            // What was set aside is removed only where the caller names it.
            bool isPlanned = repair is { IsOnlyWhenNamed: true } ? policy.Only.Contains(finding.Id) : finding.Severity >= FindingSeverity.Warning || repair is { IsPlannedAnyway: true };
            if (!isPlanned || finding.Status == FindingStatus.Unknown)
                continue;
            if (!policy.Only.IsEmpty && !policy.Only.Contains(finding.Id))
                continue;
            if (Plan(draft, finding, repair) is { } refusal)
                draft.Refuse(finding, refusal);
        }

        return draft.Finish();
    }

    /// <returns>Why nothing is planned; <see langword="null"/> if something is, or need not be.</returns>
    private static string? Plan(PlanDraft draft, Finding finding, FindingRepair? repair)
    {
        if (draft.Policy.Except.Contains(finding.Id))
            return "the policy leaves findings with this id alone";
        if (!draft.Policy.IncludeUsers && draft.Host.FindUserStore(finding.Subject.Path) is { Origin: not StorePlaceOrigin.Named } place)
            return $"it is about a store of a user ({place.Outsider}), and the policy leaves alone those that are not named";
        if (repair is not { NeedsMounts: false } && !draft.Report.Snapshot.Mounts.IsKnown)
            return "the mounts of the host are not known, so nobody can say what is in use";
        return repair is null ? FindingRepairs.Unknown(draft, finding) : repair.Plan(draft, finding);
    }
}
