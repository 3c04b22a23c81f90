using System.Collections.Immutable;

namespace Overlay2.Storage.Detection;

public static partial class KernelDetector
{
    /// <summary>Symbols that bear on overlays and on the file systems below them; those of overlayfs itself are kept by prefix.</summary>
    private static readonly ImmutableHashSet<string> s_symbols = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "FHANDLE", "EXPORTFS", "EXT4_FS", "XFS_FS", "XFS_SUPPORT_V4", "BTRFS_FS", "F2FS_FS", "NFS_FS", "FUSE_FS", "EROFS_FS", "FS_VERITY", "UNICODE",
        "TMPFS_POSIX_ACL", "TMPFS_XATTR", "TMPFS_INODE64", "TMPFS_QUOTA", "USER_NS", "FANOTIFY", "CHECKPOINT_RESTORE", "BLK_DEV_LOOP",
        "SECURITY_SELINUX", "SECURITY_APPARMOR");

    /// <summary>The lines of the first configuration that can be read: the kernel's own, then what distributions install beside it.</summary>
    private static ImmutableArray<string> ReadConfig(KernelSourceReader reader, string release)
    {
        string? text = reader.ReadCompressedText("proc/config.gz", MaxConfig);
        if (text is null && IsFileName(release))
        {
            text = reader.ReadText($"boot/config-{release}", MaxConfig)
                ?? reader.ReadText($"lib/modules/{release}/config", MaxConfig);
        }

        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (ReadOnlySpan<char> line in (text ?? "").AsSpan().EnumerateLines())
        {
            if (IsKept(line))
                lines.Add(line.ToString());
        }

        return lines.ToImmutable();
    }

    private static bool IsKept(ReadOnlySpan<char> line)
    {
        const string Prefix = "CONFIG_";
        if (line.StartsWith("# "))
            line = line[2..];
        if (!line.StartsWith(Prefix))
            return false;
        line = line[Prefix.Length..];
        int end = line.IndexOfAny('=', ' ');
        ReadOnlySpan<char> symbol = end < 0 ? line : line[..end];
        return symbol.StartsWith("OVERLAY_FS") || s_symbols.Contains(symbol.ToString());
    }
}
