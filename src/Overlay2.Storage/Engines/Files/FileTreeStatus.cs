using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

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

    public static FileTreeStatus Of(in FileStatus file) => new()
    {
        Type = TypeOf(file.Mode),
        ModifiedAt = TimeOf(file.ModificationTime),
        Inode = file.Inode,
        MountId = (file.Mask & StatusMask.MountId) != 0 ? file.MountId : null,
        Device = (file.DeviceMajor, file.DeviceMinor),
        IsImmutable = AttributeOf(file, FileStatus.ImmutableAttribute),
        IsAppendOnly = AttributeOf(file, FileStatus.AppendOnlyAttribute),
    };

    public static StoreEntryType TypeOf(ushort mode) => (mode & FileStatus.TypeMask) switch
    {
        FileStatus.DirectoryType => StoreEntryType.Directory,
        FileStatus.RegularType => StoreEntryType.RegularFile,
        FileStatus.SymbolicLinkType => StoreEntryType.SymbolicLink,
        FileStatus.CharacterDeviceType => StoreEntryType.CharacterDevice,
        _ => StoreEntryType.Other,
    };

    /// <summary>Why an entry is not read as a file; <see langword="null"/> for a regular file that is not too long.</summary>
    public static (StoreProblemReason Reason, string Detail)? RefusalOf(StoreEntryType type, ulong size, long maxLength) => type switch
    {
        StoreEntryType.SymbolicLink => (StoreProblemReason.SymbolicLink, "not followed"),
        not StoreEntryType.RegularFile => (StoreProblemReason.WrongType, $"{type} instead of a regular file"),
        _ when size > (ulong)maxLength => (StoreProblemReason.TooLarge, $"{size} bytes, at most {maxLength} are read"),
        _ => null,
    };

    private static bool? AttributeOf(in FileStatus file, ulong attribute) =>
        (file.AttributesMask & attribute) != 0 ? (file.Attributes & attribute) != 0 : null;

    private static DateTimeOffset? TimeOf(FileStatus.Timestamp time)
    {
        // What DateTimeOffset can hold; a file system can hold more.
        const long Latest = 253402300799;
        return time.Seconds is >= 0 and <= Latest ? DateTimeOffset.FromUnixTimeSeconds(time.Seconds).AddTicks(time.Nanoseconds / 100) : null;
    }
}
