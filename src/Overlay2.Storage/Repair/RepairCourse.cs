using System.Collections.Immutable;

namespace Overlay2.Storage.Repair;

/// <summary>A way of repairing that a plan could have taken and did not.</summary>
/// <param name="Title">What it does.</param>
/// <param name="WhyNot">Why it was not chosen.</param>
/// <param name="Risk">The risk of its riskiest step.</param>
/// <param name="Steps">Its steps, for <see cref="RepairPlan.Choose"/>; empty where a person has to do it.</param>
/// <param name="Instructions">What a person has to do, in order; empty where steps do it.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairCourse(string Title, string WhyNot, RepairRisk Risk, ImmutableArray<RepairStep> Steps, ImmutableArray<string> Instructions)
{
    /// <summary>Whether a course says the same, step by step: such as that of the same plan, read once more.</summary>
    /// <param name="other">The other course.</param>
    public bool Equals(RepairCourse? other) => other is not null && Title == other.Title && WhyNot == other.WhyNot && Risk == other.Risk
        && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan()) && Instructions.AsSpan().SequenceEqual(other.Instructions.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Title, WhyNot, Risk);
}
