using System.Collections.Immutable;

namespace Overlay2.Storage.Diagnosis;

/// <summary>How a <see cref="StorageDiagnoser"/> works.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record DiagnosisOptions
{
    /// <summary>The defaults.</summary>
    public static DiagnosisOptions Default { get; } = new();

    /// <summary>Ids that are not looked for. The report names them as suppressed; they do not count as unseen.</summary>
    public ImmutableHashSet<string> Suppressed { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Other severities, by id. A finding of status Unknown stays information.</summary>
    public ImmutableDictionary<string, FindingSeverity> Severities { get; init; } = ImmutableDictionary.Create<string, FindingSeverity>(StringComparer.Ordinal);

    /// <summary>Rules of the caller's, asked beside the library's own, in their stage.</summary>
    public ImmutableArray<IDiagnosisRule> CustomRules { get; init; } = [];

    /// <summary>How old a directory that nobody needs must be before it counts as left behind; younger ones may belong to work in progress.</summary>
    public TimeSpan MinimumOrphanAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether the report says how an overlay behaves differently here (OVL05xx).</summary>
    public bool IncludeBehaviour { get; init; } = true;
}
