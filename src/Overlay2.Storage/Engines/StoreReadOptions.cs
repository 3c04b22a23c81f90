using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Where a store is read and how much of it at most.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoreReadOptions
{
    /// <summary>The defaults: this machine's own root directory.</summary>
    public static StoreReadOptions Default { get; } = new();

    /// <summary>Where the host's root directory is: <c>/</c>, or for instance <c>/host</c> in a container. Links on the way to a store stay inside it.</summary>
    public BytePath HostRoot { get; init; } = BytePath.Root;

    /// <summary>The most entries that are read of one directory; further ones are a problem of reason <see cref="StoreProblemReason.TooMany"/>.</summary>
    public int MaxDirectoryEntries { get; init; } = 200_000;

    /// <summary>The most bytes that are read of one text or JSON file; a larger one is a problem of reason <see cref="StoreProblemReason.TooLarge"/>.</summary>
    public int MaxFileLength { get; init; } = 4 << 20;

    /// <summary>The most bytes that are kept of all text files together.</summary>
    public long MaxTotalLength { get; init; } = 1L << 28;

    /// <summary>The most bytes that a database may have.</summary>
    public long MaxDatabaseLength { get; init; } = 1L << 30;

    /// <summary>The most entries that are looked at below the work directory or the upper directory of one layer.</summary>
    public int MaxScannedEntries { get; init; } = 10_000;

    /// <summary>Whether mount ids are those of the mount table that a store is looked at with.</summary>
    internal bool KnowsMountIds { get; init; } = true;
}
