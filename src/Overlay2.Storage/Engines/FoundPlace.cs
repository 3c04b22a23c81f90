using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A place where a store of an engine may be.</summary>
/// <param name="Location">Where.</param>
/// <param name="Origin">How it came to be looked at.</param>
/// <param name="IsExpected">Whether it is a problem that there is none.</param>
/// <param name="Outsider">The user by whose word alone it is looked at; <see langword="null"/> if root or the caller tell of it.</param>
internal sealed record FoundPlace(StoreLocation Location, StorePlaceOrigin Origin, bool IsExpected = false, string? Outsider = null)
{
    /// <summary>The home directory of that user; empty where there is none.</summary>
    public BytePath OutsidersHome { get; init; }

    /// <summary>The same by the word of a user.</summary>
    public FoundPlace By(HostUser user) => this with { Outsider = user.Outsider, OutsidersHome = user.Home };
}
