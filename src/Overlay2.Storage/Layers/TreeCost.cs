using System.Collections.Immutable;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>What a recursive operation on a live overlay would cost; while it is being counted, what it costs so far.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record TreeCost : TreeCount
{
    internal TreeCost(TreeCount count)
        : base(count)
    {
    }

    /// <summary>The room that there is; <see langword="null"/> without an upper layer or where it cannot be read.</summary>
    public FileSystemSpace? Space { get; init; }

    /// <summary>The first of the things that could not be read; they are not counted.</summary>
    public ImmutableArray<LayerProblem> Problems { get; init; } = [];

    /// <summary>How many things could not be read.</summary>
    public long ProblemCount { get; init; }
}
