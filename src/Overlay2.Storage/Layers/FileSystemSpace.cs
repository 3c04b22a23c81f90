using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Layers;

/// <summary>The room that a file system has left: statfs(2).</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record FileSystemSpace
{
    /// <summary>ext4 keeps so much back even from the superuser: at most 4096 clusters, or a fiftieth of all, its tables included, which
    /// statfs(2) leaves out.</summary>
    private const ulong Ext4MostKept = 4096;
    private const ulong Ext4Part = 45;

    internal FileSystemSpace(FileSystemStatus status)
    {
        TotalBytes = Bytes(status.Blocks, status.BlockSize);
        FreeBytes = Bytes(status.FreeBlocks, status.BlockSize);
        AvailableBytes = Bytes(status.AvailableBlocks, status.BlockSize);
        ulong kept = status.Magic == FileSystemStatus.Ext4Magic ? Math.Min(status.Blocks / Ext4Part, Ext4MostKept) : 0;
        UsableBytes = Math.Max(AvailableBytes, Bytes(status.FreeBlocks - Math.Min(kept, status.FreeBlocks), status.BlockSize));
        TotalInodes = status.Files == 0 ? null : (long)status.Files;
        FreeInodes = status.Files == 0 ? null : (long)status.FreeFiles;
    }

    /// <summary>The size in bytes.</summary>
    public long TotalBytes { get; }

    /// <summary>The bytes that are free (f_bfree).</summary>
    public long FreeBytes { get; }

    /// <summary>The bytes that are free for everyone (f_bavail): without what is kept for the superuser.</summary>
    public long AvailableBytes { get; }

    /// <summary>The bytes that a copy-up may take. It runs with the rights of the one who mounted, usually the superuser, who may use
    /// what is kept for him, but not what ext4 itself holds back. Source: ext4(5), measured.</summary>
    public long UsableBytes { get; }

    /// <summary>How many inodes the file system can have; <see langword="null"/> where it makes them as needed.</summary>
    public long? TotalInodes { get; }

    /// <summary>How many inodes are free; <see langword="null"/> where they are made as needed.</summary>
    public long? FreeInodes { get; }

    private static long Bytes(ulong blocks, ulong size) => (long)UInt128.Min(blocks * (UInt128)size, long.MaxValue);
}
