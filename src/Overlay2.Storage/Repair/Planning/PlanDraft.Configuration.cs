using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair.Planning;

internal sealed partial class PlanDraft
{
    /// <summary>The engine's configuration behind the steps that the plan has already; <see langword="null"/> where no copy of the machine can be made, or it is not known.</summary>
    public EngineConfigurationFiles? Configuration => Table is null ? null : Copy.ConfigurationFiles;

    /// <summary>Notes a finding that the steps for other findings mend too.</summary>
    public void AddGoal(Finding finding)
    {
        var goal = new RepairGoal(finding.Id, finding.CauseKey, finding.Subject.ToString());
        _room -= LengthOf(goal, RepairJsonContext.Default.RepairGoal);
        _goals.Add(goal);
        _goalKeys.Add((finding.Id, finding.CauseKey));
    }
}
