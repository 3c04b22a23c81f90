using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    private const FileAttributeFlags ProtectingFlags = FileAttributeFlags.Immutable | FileAttributeFlags.Append;

    /// <summary>The link count that stat(2) shows.</summary>
    public static int ShownLinkCount(OverlayInode inode)
    {
        if (inode.IsDirectory)
            return inode.IsMerge ? 1 : inode.Real.LinkCount;
        return inode.Has(OverlayInodeFlags.Index) ? inode.LinkCount : inode.Real.LinkCount;
    }

    /// <summary>The flags that FS_IOC_GETFLAGS shows.</summary>
    public FileAttributeFlags ShownFlags(OverlayInode inode) => Rules.HasProtectionMark ? inode.Real.Flags | inode.ProtectionFlags : inode.Real.Flags;

    /// <summary>Immutable and append-only as they are in force.</summary>
    public static FileAttributeFlags Protection(OverlayInode inode) => (inode.Real.Flags & ProtectingFlags) | inode.ProtectionFlags;

    /// <summary>Copies up and changes the upper object's mode.</summary>
    public LinuxError SetMode(OverlayDentry dentry, int mode)
    {
        LinuxError error = CopyUp(dentry);
        if (error == LinuxError.OK)
            UpperFileSystem.SetMode(dentry.Upper!, mode);
        return error;
    }

    /// <summary>Copies up and changes owner and group; <paramref name="mode"/> is set too if the change clears set-user-ID.</summary>
    public LinuxError SetOwner(OverlayDentry dentry, uint? uid, uint? gid, int? mode)
    {
        LinuxError error = CopyUp(dentry);
        if (error != LinuxError.OK)
            return error;
        UpperFileSystem.SetOwner(dentry.Upper!, uid, gid);
        if (mode is { } value && value != dentry.Upper!.Mode)
            UpperFileSystem.SetMode(dentry.Upper!, value);
        if (dentry.Inode!.Type == FileType.Regular)
            UpperFileSystem.RemoveExtendedAttribute(dentry.Upper!, CapabilityName);
        return error;
    }

    /// <summary>Copies up and sets times; <see langword="null"/> keeps one.</summary>
    public LinuxError SetTimes(OverlayDentry dentry, long? access, long? modification)
    {
        LinuxError error = CopyUp(dentry);
        if (error == LinuxError.OK)
            UpperFileSystem.SetTimes(dentry.Upper!, access, modification);
        return error;
    }

    /// <summary>Copies up with data and sets the size.</summary>
    /// <param name="dentry">A regular file.</param>
    /// <param name="size">The new size.</param>
    /// <param name="always">Whether the modification time changes even if the size does not.</param>
    /// <param name="truncating">Whether the data need not be copied first (open with O_TRUNC).</param>
    public LinuxError SetSize(OverlayDentry dentry, long size, bool always, bool truncating)
    {
        LinuxError error = CopyUp(dentry, forWriting: true, truncating);
        if (error == LinuxError.OK)
            error = UpperFileSystem.SetSize(dentry.Upper!, size, always);
        return error;
    }

    /// <summary>Copies up and sets the file flags; immutable and append-only go into a mark.</summary>
    public LinuxError SetFlags(OverlayDentry dentry, FileAttributeFlags flags)
    {
        LinuxError error = Rules.HasProtectionMark ? CopyUp(dentry) : CopyUpWithData(dentry);
        if (error != LinuxError.OK)
            return error;
        BackingInode upper = dentry.Upper!;
        OverlayInode inode = dentry.Inode!;
        if (!Rules.TmpfsHasFlags && UpperFileSystem.Kind == SimulatedFileSystemKind.Tmpfs)
            return LinuxError.ENOTTY;
        FileAttributeFlags real = flags;
        if (Rules.HasProtectionMark)
        {
            StoreProtection(upper, inode, flags & ProtectingFlags);
            inode.ProtectionFlags = flags & ProtectingFlags;
            real &= ~ProtectingFlags;
        }

        real &= ~UpperFileSystem.FixedFlags;
        if ((real & ~UpperFileSystem.SettableFlags) != 0)
            return LinuxError.ENOTSUP;
        UpperFileSystem.SetFlags(upper, real);
        return LinuxError.OK;
    }

    private void StoreProtection(BackingInode upper, OverlayInode inode, FileAttributeFlags flags)
    {
        if (flags == FileAttributeFlags.None)
        {
            UpperFileSystem.RemoveExtendedAttribute(upper, Marks.Protection);
            return;
        }

        ReadOnlySpan<byte> value = flags switch
        {
            FileAttributeFlags.Immutable => "i"u8,
            FileAttributeFlags.Append => "a"u8,
            _ => "ai"u8,
        };
        UpperFileSystem.SetExtendedAttribute(upper, Marks.Protection, value);
        inode.ProtectionFlags = flags;
    }

    private FileAttributeFlags ReadProtection(BackingInode upper)
    {
        const int LongestMark = 32;
        FileAttributeFlags flags = FileAttributeFlags.None;
        if (!Rules.HasProtectionMark || !upper.ExtendedAttributes.TryGetValue(Marks.Protection, out byte[]? value) || value.Length > LongestMark)
            return flags;
        foreach (byte letter in value)
        {
            if (letter == 'i')
                flags |= FileAttributeFlags.Immutable;
            else if (letter == 'a')
                flags |= FileAttributeFlags.Append;
            else
                return FileAttributeFlags.None;
        }

        return flags;
    }

    private bool IsOwnMark(ByteString name) => name.Span.StartsWith(Marks.Prefix.Span);
}
