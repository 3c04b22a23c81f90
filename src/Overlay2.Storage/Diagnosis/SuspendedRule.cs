namespace Overlay2.Storage.Diagnosis;

/// <summary>A rule that could not say whether there is something to find.</summary>
/// <param name="RuleId">The id of its findings.</param>
/// <param name="Because">Why, in words for a person.</param>
/// <param name="Kind">What kept it from saying so.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SuspendedRule(string RuleId, string Because, SuspensionKind Kind);
