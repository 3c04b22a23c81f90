using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>What a look through the files of one layer found.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record UpperScan
{
    /// <summary>The directory that holds the layer's files (<c>diff</c>), on the host.</summary>
    public required BytePath Directory { get; init; }

    /// <summary>What was found, in the order of the paths.</summary>
    public ImmutableArray<UpperMark> Marks { get; init; } = [];

    /// <summary>Whether all files were looked at; otherwise the look ended at a limit or met a directory that could not be read.</summary>
    public bool IsComplete { get; init; }
}
