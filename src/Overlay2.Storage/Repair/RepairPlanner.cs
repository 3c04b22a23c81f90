using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair;

/// <summary>Makes a plan out of a diagnosis.</summary>
/// <remarks>
/// A pure function: it looks at nothing but the report and the snapshot that it is of. Thread-safe. Mount topology comes before everything
/// else: under a cover nothing of a store can be seen, so what lies below it needs a new diagnosis.
/// </remarks>
public static class RepairPlanner
{
    private const int LastTopologyFinding = 11;

    /// <summary>Plans the repair of what a diagnosis found.</summary>
    /// <param name="report">The diagnosis.</param>
    /// <param name="policy">What the plan may do; <see cref="RepairPolicy.Default"/> if not given.</param>
    public static RepairPlan Plan(DiagnosisReport report, RepairPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        policy ??= RepairPolicy.Default;
        var draft = new PlanDraft(report, policy);
        foreach (Finding finding in report.Findings.OrderBy(Order))
        {
            // What was set aside is removed only where the caller names it.
            bool isQuarantine = finding.Id == QuarantineRepairs.Id;
            bool isPlanned = isQuarantine ? policy.Only.Contains(finding.Id) : finding.Severity >= FindingSeverity.Warning || StoreRepairs.IsRepairedAnyway(finding.Id);
            if (!isPlanned || finding.Status == FindingStatus.Unknown)
                continue;
            if (!policy.Only.IsEmpty && !policy.Only.Contains(finding.Id))
                continue;
            if (policy.Except.Contains(finding.Id))
                draft.Refuse(finding, "the policy leaves findings with this id alone");
            else if (ConfigurationRepairs.Has(finding))
                ConfigurationRepairs.Plan(draft, finding);
            else if (!report.Snapshot.Mounts.IsKnown)
                draft.Refuse(finding, "the mounts of the host are not known, so nobody can say what is in use");
            else if (isQuarantine)
                QuarantineRepairs.Plan(draft, finding);
            else if (StoreRepairs.OrderOf(finding.Id) >= 0)
                StoreRepairs.Plan(draft, finding);
            else
                MountRepairs.Plan(draft, finding);
        }

        return draft.Finish();
    }

    /// <summary>Covers first, then the other mounts: a stack or an orphan below a cover is dealt with when it can be seen.</summary>
    private static int Order(Finding finding) => finding.Id switch
    {
        "OVL0001" or "OVL0002" => 0,
        _ when StoreRepairs.OrderOf(finding.Id) is >= 0 and int order => LastTopologyFinding + order,
        _ when int.TryParse(finding.Id.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture, out int number) && number <= LastTopologyFinding => 1,
        _ => int.MaxValue,
    };
}
