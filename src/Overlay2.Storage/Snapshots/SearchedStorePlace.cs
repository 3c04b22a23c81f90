using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Snapshots;

/// <summary>A place where a store was looked for.</summary>
/// <param name="Kind">Which software's.</param>
/// <param name="Path">The engine's root directory on the host, without symbolic links.</param>
/// <param name="Origin">How the place came to be looked at; the first reason where there are several.</param>
/// <param name="Outcome">What was found.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SearchedStorePlace(LayerStoreKind Kind, BytePath Path, StorePlaceOrigin Origin, StorePlaceOutcome Outcome)
{
    /// <summary>Why it could not be opened; <see langword="null"/> unless <see cref="Outcome"/> is <see cref="StorePlaceOutcome.Unreadable"/>.</summary>
    public StoreProblem? Problem { get; init; }

    /// <summary>Who else than root and the caller decides what is there, as <c>/home/bob is of user 1001</c>: the first directory on the way of which that holds.
    /// <see langword="null"/> if nobody does; otherwise the store is a user's.</summary>
    public string? Outsider { get; init; }

    /// <summary>Whether it was looked at by a user's word alone: the store of an engine that he runs for himself. What is wrong in it is his, and no fault of the host's engines.</summary>
    public bool IsOfUser { get; init; }
}
