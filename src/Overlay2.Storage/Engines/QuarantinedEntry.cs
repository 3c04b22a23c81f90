using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Something in a <see cref="StoreQuarantine"/>: normally a layer's directory under its own name.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Type">What it is.</param>
/// <remarks>Immutable and thread-safe. Source: statx(2).</remarks>
public sealed record QuarantinedEntry(ByteString Name, StoreEntryType Type)
{
    /// <summary>Its inode; <see langword="null"/> where the source holds none.</summary>
    public ulong? Inode { get; init; }

    /// <summary>When it was changed last itself, which a rename does not do; <see langword="null"/> where the source holds no times.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }
}
