using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>How findings of one id are planned for.</summary>
/// <param name="Id">The id.</param>
/// <param name="Plan">Takes steps into the plan, or answers with why there are none.</param>
internal sealed record FindingRepair(string Id, Func<PlanDraft, Finding, string?> Plan)
{
    /// <summary>Whether it has to be known what is mounted.</summary>
    public bool NeedsMounts { get; init; } = true;

    /// <summary>Whether it is planned for also where the finding is no warning.</summary>
    public bool IsPlannedAnyway { get; init; }

    /// <summary>Whether it is planned for only where the caller names the id.</summary>
    public bool IsOnlyWhenNamed { get; init; }
}
