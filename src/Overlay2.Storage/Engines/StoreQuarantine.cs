using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>What a repair moved out of a store and has not removed: the directory beside the driver home that is named after it with <c>-quarantine</c> behind.</summary>
/// <remarks>
/// Immutable and thread-safe. On the driver home's own file system, so that moving there and back is a rename. No engine looks into it.
/// </remarks>
public sealed record StoreQuarantine
{
    /// <summary>What is added to the driver home's name: <c>/var/lib/docker/overlay2-quarantine</c>.</summary>
    internal static ReadOnlySpan<byte> Suffix => "-quarantine"u8;

    /// <summary>No such directory.</summary>
    public static StoreQuarantine None { get; } = new();

    /// <summary>Of a source that does not tell, such as a snapshot file of an earlier version.</summary>
    public static StoreQuarantine Unknown { get; } = new() { Type = StoreEntryType.Unknown };

    /// <summary>What there is of that name: normally nothing or a directory. Anything else was not looked into.</summary>
    public StoreEntryType Type { get; init; }

    /// <summary>When something was moved in or out last: the directory's own time of change. <see langword="null"/> where the source holds no times.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>What is in it, in the order of the names; up to <see cref="StoreReadOptions.MaxDirectoryEntries"/>.</summary>
    public IReadOnlyList<QuarantinedEntry> Entries { get; init; } = [];

    /// <summary>The quarantine of a driver home.</summary>
    /// <param name="driverHome">The driver home, of at least one component.</param>
    internal static BytePath DirectoryOf(BytePath driverHome)
    {
        var name = new BytePath(new ByteString([.. driverHome.FileName.Span, .. Suffix]));
        return driverHome.TryGetParent(out BytePath parent) ? parent.Combine(name) : name;
    }
}
