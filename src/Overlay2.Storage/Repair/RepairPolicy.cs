using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>What a plan may do.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairPolicy
{
    /// <summary>Nothing that a workload notices for more than a moment, no engine control, no other mount namespaces.</summary>
    public static RepairPolicy Default { get; } = new();

    /// <summary>The highest risk that is planned; default <see cref="RepairRisk.R2"/>.</summary>
    public RepairRisk MaxRisk { get; init; } = RepairRisk.R2;

    /// <summary>The only ids of findings that are repaired; empty for all.</summary>
    public ImmutableSortedSet<string> Only
    {
        get;

        // A set that was read from a file comes in the order of the reader's language.
        init => field = value?.WithComparer(StringComparer.Ordinal)!;
    } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Ids of findings that are left alone.</summary>
    public ImmutableSortedSet<string> Except
    {
        get;

        // A set that was read from a file comes in the order of the reader's language.
        init => field = value?.WithComparer(StringComparer.Ordinal)!;
    } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Whether steps may stop and start containers and the engine, through the <see cref="IEngineControl"/> given to the executor.</summary>
    public bool AllowEngineControl { get; init; }

    /// <summary>Whether steps may enter the mount namespaces of other processes.</summary>
    public bool AllowOtherNamespaces { get; init; }

    /// <summary>Whether stores of users are planned too; those that the caller named always are. As root, no plan for one is carried out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IncludeUsers { get; init; }

    /// <summary>How long nothing may have been moved into a quarantine, or out of it, before what is in it is removed for good; default 7 days.</summary>
    /// <remarks>A week has every day's and every week's jobs in it: what is needed at all is missed by then. Removed is only what <see cref="Only"/> names (OVL0116).</remarks>
    public TimeSpan QuarantineGrace { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The directory for what is moved or kept, on the engine's host: absolute, outside every driver home. It is made when it is needed.</summary>
    public BytePath KeepDirectory { get; init; } = BytePath.FromText("/run/overlay2-storage");
}
