using System.Globalization;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>How a plan knows an entry of a store again that is more than a small file.</summary>
/// <param name="Type">What it is.</param>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed record EntryIdentity(StoreEntryType Type)
{
    /// <summary>Its inode number; <see langword="null"/> if it is not known, and then not compared.</summary>
    public ulong? Inode { get; init; }

    /// <summary>When it was changed last; <see langword="null"/> if that is not compared.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>Whether an entry is the one meant.</summary>
    /// <param name="found">The entry that is there.</param>
    public bool Matches(EntryIdentity found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Type == found.Type && (Inode is null || found.Inode is null || Inode == found.Inode) && (ModifiedAt is null || found.ModifiedAt is null || ModifiedAt == found.ModifiedAt);
    }

    /// <summary>For showing.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Type}{(Inode is null ? "" : $", inode {Inode}")}{(ModifiedAt is null ? "" : $", changed {ModifiedAt:O}")}");
}
