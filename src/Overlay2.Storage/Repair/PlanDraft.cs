using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>A plan that is being made.</summary>
internal sealed class PlanDraft
{
    private readonly ImmutableArray<RepairStep>.Builder _steps = ImmutableArray.CreateBuilder<RepairStep>();
    private readonly ImmutableArray<RepairGoal>.Builder _goals = ImmutableArray.CreateBuilder<RepairGoal>();
    private readonly ImmutableArray<RepairCourse>.Builder _alternatives = ImmutableArray.CreateBuilder<RepairCourse>();
    private readonly ImmutableArray<RepairRefusal>.Builder _refusals = ImmutableArray.CreateBuilder<RepairRefusal>();
    private readonly HashSet<MountEntry> _taken = [];
    private int _places;

    public PlanDraft(DiagnosisReport report, RepairPolicy policy)
    {
        Report = report;
        Policy = policy;
        Context = new DiagnosisContext(report.Snapshot, previous: null, DiagnosisOptions.Default);
    }

    public DiagnosisReport Report { get; }

    public RepairPolicy Policy { get; }

    /// <summary>The views that the rules had, made again from the same snapshot.</summary>
    public DiagnosisContext Context { get; }

    public MountTable? Table => Context.Mounts?.Table;

    public bool HasCovers => Context.Homes.Any(home => home.Covers.Length > 0);

    /// <summary>A directory of its own for mounts that are moved or kept.</summary>
    public BytePath NextPlace(string name) =>
        Policy.KeepDirectory.Combine(BytePath.FromText(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{BootPart()}-{name}-{++_places}")));

    public void Refuse(Finding finding, string reason) => _refusals.Add(new RepairRefusal(finding.Id, finding.Subject.ToString(), reason));

    public void Offer(RepairCourse course) => _alternatives.Add(course);

    /// <summary>Takes steps into the plan, or refuses where they cost more than the policy allows.</summary>
    public bool TryAdd(Finding finding, IReadOnlyList<RepairStep> steps)
    {
        RepairRisk risk = steps.Max(step => step.Risk);
        if (risk > Policy.MaxRisk)
        {
            Refuse(finding, $"the repair has risk {risk}, and the policy allows {Policy.MaxRisk}");
            return false;
        }

        _goals.Add(new RepairGoal(finding.Id, finding.CauseKey, finding.Subject.ToString()));
        _steps.AddRange(steps);
        return true;
    }

    /// <summary>Marks mounts that the plan deals with; <see langword="false"/> if another finding's steps already do.</summary>
    public bool TryTake(IEnumerable<MountEntry> mounts)
    {
        MountEntry[] all = [.. mounts];
        if (all.Any(_taken.Contains))
            return false;
        _taken.UnionWith(all);
        return true;
    }

    /// <summary>A finding that goes with a cause whose repair is already in the plan.</summary>
    public bool IsGoal(string id, string causeKey) => _goals.Any(goal => goal.FindingId == id && goal.CauseKey == causeKey);

    public RepairPlan Finish() => new()
    {
        HostId = Part(Report.Snapshot.HostId),
        BootId = Part(Report.Snapshot.BootId),
        Policy = Policy,
        Goals = _goals.ToImmutable(),
        Steps = _steps.ToImmutable(),
        Alternatives = _alternatives.ToImmutable(),
        Refusals = _refusals.ToImmutable(),
        KnownFindings = [.. Report.Findings.Select(finding => RepairExecutor.KnownKey(finding.Id, finding.CauseKey)).Distinct(StringComparer.Ordinal)],
        SuspendedRules = [.. Report.Suspended.Select(rule => rule.RuleId).Distinct(StringComparer.Ordinal)],
    };

    private string BootPart()
    {
        string boot = Part(Report.Snapshot.BootId);
        string plain = new([.. boot.Where(char.IsAsciiHexDigit).Take(8)]);
        return plain.Length == 0 ? "plan" : plain;
    }

    private static string Part(SnapshotPart<string> part) => part.TryGet(out string? value) ? value : "";
}
