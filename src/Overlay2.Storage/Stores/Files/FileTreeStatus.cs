namespace Overlay2.Storage.Stores.Files;

/// <summary>What statx(2) tells; members that the source does not know are null.</summary>
internal readonly record struct FileTreeStatus
{
    public StoreEntryType Type { get; init; }

    public DateTimeOffset? ModifiedAt { get; init; }

    public ulong? Inode { get; init; }

    public ulong? MountId { get; init; }

    public (uint Major, uint Minor)? Device { get; init; }

    /// <summary>chattr +i.</summary>
    public bool? IsImmutable { get; init; }

    /// <summary>chattr +a.</summary>
    public bool? IsAppendOnly { get; init; }
}
