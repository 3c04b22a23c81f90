using System.Collections.Frozen;
using System.Collections.Immutable;
using static Overlay2.Storage.Detection.BackingFileSystemStatus;

namespace Overlay2.Storage.Detection;

/// <summary>One row of the table of file systems: what is said of a type.</summary>
/// <param name="Name">The type, as mountinfo names it.</param>
/// <param name="Magic">The magic number of statfs(2); source: statfs(2), linux/magic.h.</param>
/// <param name="Upper">As upper and work directory.</param>
/// <param name="Lower">As lower layer.</param>
/// <param name="Reasons">Why.</param>
internal sealed record BackingFileSystemType(string Name, uint Magic, BackingFileSystemStatus Upper, BackingFileSystemStatus Lower, ImmutableArray<string> Reasons)
{
    private static readonly BackingFileSystemType s_other = new(
        "", 0, Unknown, Unknown, ["This file system is not in the table: an upper needs extended attributes (trusted.* or user.*) and types of directory entries."]);

    private static readonly FrozenDictionary<uint, BackingFileSystemType> s_types = new BackingFileSystemType[]
    {
        new("ext4", 0xEF53, Recommended, Supported, ["ext4 is what engines are tested on. (ext2 and ext3 have the same magic number.)", "With the feature casefold, Linux before 6.17 refuses it as a layer."]),
        new("xfs", 0x58465342, Recommended, Supported, ["xfs is as good as ext4 if formatted with ftype=1, the default since 2015. Size limits of containers need its project quotas."]) { NeedsEntryTypes = true },
        new("btrfs", 0x9123683E, Supported, Supported, ["It works with current kernels; old manuals of engines name only ext4 and xfs, and engines have a driver of their own for it."]),
        new("tmpfs", 0x01021994, Limited, Supported, ["It works, and is lost at the next boot. Without user.* attributes (before Linux 6.6) it is no upper in a user namespace (userxattr)."]),
        new("overlay", 0x794C7630, Unsupported, Limited, ["An overlay can not be an upper: mount(2) answers EINVAL. Give the data root a volume of another file system.", "As a lower it works one level deep: a third overlay on top is EINVAL."]),
        new("nfs", 0x6969, Unsupported, Supported, ["NFS can not be an upper: it has no trusted.* attributes. As a lower it works."]),
        new("smb2", 0xFE534D42, Unsupported, Limited, ["A network share has no whiteouts and no trusted.* attributes."]),
        new("cifs", 0xFF534D42, Unsupported, Limited, ["A network share has no whiteouts and no trusted.* attributes."]),
        new("ceph", 0x00C36400, Unknown, Supported, ["Remote uppers are allowed from Linux 5.7 on if they have what an upper needs: try it."]),
        new("fuse", 0x65735546, Unknown, Supported, ["It depends on the program behind it: few have RENAME_WHITEOUT and trusted.* attributes. Try it, or use fuse-overlayfs in place of the kernel's overlay.", "virtiofs has this magic number too; as an upper it works from Linux 5.7 on if its server allows trusted.* attributes."]),
        new("v9fs", 0x01021997, Limited, Supported, ["As an upper it works at best without RENAME_WHITEOUT, on a server with extended attributes: try it."]),
        new("zfs", 0x2FC12FC1, Limited, Supported, ["OpenZFS before 2.2 has no RENAME_WHITEOUT and can not be an upper; engines have a driver of their own for it."]),
        new("f2fs", 0xF2F52010, Supported, Supported, ["It works; with the feature casefold, Linux before 6.17 refuses it as a layer."]),
        new("erofs", 0xE0F5E1E2, Unsupported, Supported, ["It is read-only: a good lower, no upper."]),
        new("squashfs", 0x73717368, Unsupported, Supported, ["It is read-only: a good lower, no upper."]),
        new("iso9660", 0x9660, Unsupported, Supported, ["It is read-only: a lower, no upper."]),
        new("vfat", 0x4D44, Unsupported, Unsupported, ["It has no owners, no links and no attributes, and does not tell upper from lower case."]),
        new("exfat", 0x2011BAB0, Unsupported, Unsupported, ["It has no owners, no links and no attributes, and does not tell upper from lower case."]),
        new("ecryptfs", 0xF15F, Unsupported, Limited, ["It can not be an upper."]),
        new("aufs", 0x61756673, Unsupported, Limited, ["A union file system can not be an upper."]),
        new("bcachefs", 0xCA451A4E, Limited, Supported, ["Not tried by engines; it can fold case."]),
        new("ramfs", 0x858458F6, Unsupported, Limited, ["It has no extended attributes."]),
        new("proc", 0x9FA0, Unsupported, Unsupported, ["It is no place for files."]),
        new("sysfs", 0x62656572, Unsupported, Unsupported, ["It is no place for files."]),
    }.ToFrozenDictionary(t => t.Magic);

    /// <summary>Whether it comes with and without types of directory entries, so that the advice depends on them.</summary>
    public bool NeedsEntryTypes { get; init; }

    public static BackingFileSystemType Find(uint magic) => s_types.GetValueOrDefault(magic, s_other);
}
