using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Overlay2.Storage.Diagnosis;

/// <summary>How a <see cref="StorageDiagnoser"/> works.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record DiagnosisOptions
{
    /// <summary>The defaults.</summary>
    public static DiagnosisOptions Default { get; } = new();

    /// <summary>Ids that are not looked for. The report names them as suppressed; they do not count as unseen.</summary>
    public ImmutableSortedSet<string> Suppressed
    {
        get;

        // A set that was read from a file comes in the order of the reader's language.
        init => field = value?.WithComparer(StringComparer.Ordinal)!;
    } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Other severities, by id. A finding of status Unknown stays information.</summary>
    public ImmutableSortedDictionary<string, FindingSeverity> Severities
    {
        get;
        init => field = value?.WithComparers(StringComparer.Ordinal)!;
    } = ImmutableSortedDictionary.Create<string, FindingSeverity>(StringComparer.Ordinal);

    /// <summary>Rules of the caller's, asked beside the library's own, in their stage.</summary>
    [JsonIgnore]
    public ImmutableArray<IDiagnosisRule> CustomRules { get; init; } = [];

    /// <summary>How old a directory that nobody needs must be before it counts as left behind; younger ones may belong to work in progress.</summary>
    public TimeSpan MinimumOrphanAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether the report says how an overlay behaves differently here (OVL05xx).</summary>
    public bool IncludeBehaviour { get; init; } = true;
}
