using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair;

/// <summary>What will be done to repair a host's storage, and what will not and why.</summary>
/// <remarks>Immutable and thread-safe. Made by <see cref="RepairPlanner"/>; a plan read from a file is checked by <see cref="Parse"/>, and again by the executor.</remarks>
public sealed partial record RepairPlan
{
    /// <summary>The format that <see cref="ToJson"/> writes.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The host that it is for (machine-id(5)); empty if the snapshot did not tell.</summary>
    public required string HostId { get; init; }

    /// <summary>The boot that it is for: mount ids mean nothing in another one.</summary>
    public required string BootId { get; init; }

    /// <summary>What it was allowed to do.</summary>
    public required RepairPolicy Policy { get; init; }

    /// <summary>The options of the diagnosis that it rests on: the executor judges with them. Rules of the caller's are no part of it, since no plan mends what they find.</summary>
    public DiagnosisOptions Diagnosis { get; init; } = DiagnosisOptions.Default;

    /// <summary>The findings that are gone afterwards.</summary>
    public required ImmutableArray<RepairGoal> Goals { get; init; }

    /// <summary>The steps, in order.</summary>
    public required ImmutableArray<RepairStep> Steps { get; init; }

    /// <summary>Other ways.</summary>
    public required ImmutableArray<RepairCourse> Alternatives { get; init; }

    /// <summary>The findings that it does not repair.</summary>
    public required ImmutableArray<RepairRefusal> Refusals { get; init; }

    /// <summary>What was found when the plan was made, or is foreseen to be seen only when it is done, as id and cause: what is found afterwards beside these came with the repair.</summary>
    public required ImmutableArray<string> KnownFindings { get; init; }

    /// <summary>The rules that could not see everything when the plan was made: what they find afterwards was there before.</summary>
    public required ImmutableArray<string> SuspendedRules { get; init; }

    /// <summary>The risk of its riskiest step.</summary>
    public RepairRisk Risk => Steps.IsEmpty ? RepairRisk.R0 : Steps.Max(step => step.Risk);

    /// <summary>The plan with the steps of one of its alternatives.</summary>
    /// <param name="alternative">An alternative of this plan that has steps.</param>
    /// <exception cref="ArgumentException">It is none of this plan's, or a person has to do it.</exception>
    public RepairPlan Choose(RepairCourse alternative)
    {
        ArgumentNullException.ThrowIfNull(alternative);
        if (!Alternatives.Contains(alternative) || alternative.Steps.IsEmpty)
            throw new ArgumentException("The plan has no such alternative that consists of steps.", nameof(alternative));
        return this with
        {
            Steps = alternative.Steps,
            Policy = Policy with { MaxRisk = alternative.Risk > Policy.MaxRisk ? alternative.Risk : Policy.MaxRisk },
            Alternatives = Alternatives.Remove(alternative),
        };
    }
}
