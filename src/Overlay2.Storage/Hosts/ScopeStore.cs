using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Hosts;

/// <summary>How much of a store was seen.</summary>
/// <param name="Kind">Which software laid it out.</param>
/// <param name="DataRoot">The engine's root directory.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ScopeStore(LayerStoreKind Kind, BytePath DataRoot)
{
    /// <summary>Whether a mount covers it: then nothing of it was judged.</summary>
    public required bool IsCovered { get; init; }

    /// <summary>How many layer directories were seen.</summary>
    public required int Layers { get; init; }

    /// <summary>How many containers its records tell of.</summary>
    public required int Containers { get; init; }

    /// <summary>How many places of it could not be read.</summary>
    public required int UnreadPlaces { get; init; }

    /// <summary>What was recognised in it and is not read, in words for a person.</summary>
    public required ImmutableArray<string> NotRead { get; init; }

    /// <summary>How many references between its records lead to what is there.</summary>
    public required int ResolvedReferences { get; init; }

    /// <summary>How many lead nowhere.</summary>
    public required int DanglingReferences { get; init; }

    /// <summary>Of how many it is not known.</summary>
    public required int UnknownReferences { get; init; }
}
