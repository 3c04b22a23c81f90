using System.Collections.Frozen;
using System.Collections.Immutable;
using static Overlay2.Storage.Kernel.FeatureDetection;

namespace Overlay2.Storage.Kernel;

/// <summary>The table of overlayfs features, and of the behaviours that differ between kernels.</summary>
/// <remarks>Sources: the kernel's document filesystems/overlayfs, release history, and experiments on kernels from 5.10 to 7.3.
/// The members of this class are its rows; thread-safe.</remarks>
public static class OverlayFeatures
{
    private const string Document = "Documentation/filesystems/overlayfs.rst, ";

    /// <summary>One lower and one upper directory, merged.</summary>
    public static OverlayFeature Overlay { get; } = new("overlay", new(3, 18), "One lower and one upper directory, merged.")
    {
        Detection = FileSystemList | Probe,
    };

    /// <summary>Several lower layers, and a mount without an upper.</summary>
    public static OverlayFeature MultipleLowers { get; } = new("multiple-lowers", new(4, 0), "Several lower layers, and a mount without an upper.")
    {
        MountOption = "lowerdir=a:b",
        Detection = Probe,
        Source = Document + "Multiple lower layers",
    };

    /// <summary>Copy-up shares the blocks where the file system can (reflink).</summary>
    public static OverlayFeature Clone { get; } = new("clone-on-copy-up", new(4, 10), "Copy-up shares the blocks where the file system can (reflink).");

    /// <summary>Directories of lower layers can be renamed.</summary>
    public static OverlayFeature RedirectDir { get; } = new("redirect-dir", new(4, 10), "Directories of lower layers can be renamed.")
    {
        MountOption = "redirect_dir=on",
        Parameter = "redirect_dir",
        ParameterDefault = "N",
        KernelConfig = "OVERLAY_FS_REDIRECT_DIR",
        Detection = Parameter | Probe,
        Source = Document + "renaming directories",
    };

    /// <summary>Renames that need a redirect path longer than this many bytes are refused.</summary>
    public static OverlayFeature RedirectMax { get; } = new("redirect-max", new(4, 10), "Renames that need a redirect path longer than this many bytes are refused.")
    {
        Parameter = "redirect_max",
        ParameterDefault = "256",
        Detection = Parameter,
        Source = Document + "renaming directories",
    };

    /// <summary>Regular files are copied up through O_TMPFILE where the upper file system can.</summary>
    public static OverlayFeature TemporaryFileCopyUp { get; } = new("tmpfile-copy-up", new(4, 11), "Regular files are copied up through O_TMPFILE where the upper file system can.");

    /// <summary>The inode number survives a copy-up (origin attribute): files on one file system; directories from 4.13, all file systems from 4.17.</summary>
    public static OverlayFeature ConstantInode { get; } = new("constant-inode", new(4, 12), "The inode number survives a copy-up (origin attribute): files on one file system; directories from 4.13, all file systems from 4.17.")
    {
        Detection = Probe,
        Source = Document + "Inode properties",
    };

    /// <summary>Copied-up hard links stay linked; each upper object is found by its lower origin.</summary>
    public static OverlayFeature Index { get; } = new("index", new(4, 13), "Copied-up hard links stay linked; each upper object is found by its lower origin.")
    {
        MountOption = "index=on",
        Parameter = "index",
        ParameterDefault = "N",
        KernelConfig = "OVERLAY_FS_INDEX",
        Detection = Parameter | Probe,
        Source = Document + "index",
    };

    /// <summary>An upper or work directory of another mount is noticed: refused with index=on, a warning without from 4.14.</summary>
    public static OverlayFeature InUseCheck { get; } = new("in-use-check", new(4, 13), "An upper or work directory of another mount is noticed: refused with index=on, a warning without from 4.14.")
    {
        Detection = Probe,
        Source = Document + "Sharing and copying layers",
    };

    /// <summary>Directories that hold copied-up objects are marked, so that listings give constant inode numbers.</summary>
    public static OverlayFeature Impure { get; } = new("impure", new(4, 13), "Directories that hold copied-up objects are marked, so that listings give constant inode numbers.");

    /// <summary>Redirects can be followed without making new ones, or not followed.</summary>
    public static OverlayFeature RedirectFollow { get; } = new("redirect-follow", new(4, 15), "Redirects can be followed without making new ones, or not followed.")
    {
        MountOption = "redirect_dir=follow",
        Parameter = "redirect_always_follow",
        ParameterDefault = "Y",
        KernelConfig = "OVERLAY_FS_REDIRECT_ALWAYS_FOLLOW",
        Detection = Parameter | Probe,
        Source = Document + "renaming directories",
    };

    /// <summary>The mount can be exported over NFS; needs the index.</summary>
    public static OverlayFeature NfsExport { get; } = new("nfs-export", new(4, 16), "The mount can be exported over NFS; needs the index.")
    {
        MountOption = "nfs_export=on",
        Parameter = "nfs_export",
        ParameterDefault = "N",
        KernelConfig = "OVERLAY_FS_NFS_EXPORT",
        Detection = Parameter | Probe,
        Source = Document + "NFS export",
    };

    /// <summary>Inode numbers of several file systems are made unique with high bits.</summary>
    public static OverlayFeature Xino { get; } = new("xino", new(4, 17), "Inode numbers of several file systems are made unique with high bits.")
    {
        MountOption = "xino=on",
        Parameter = "xino_auto",
        ParameterDefault = "N",
        KernelConfig = "OVERLAY_FS_XINO_AUTO",
        Detection = Parameter | Probe,
        Source = Document + "Inode properties",
    };

    /// <summary>A file opened for reading follows a later copy-up.</summary>
    public static OverlayFeature StackedFileOperations { get; } = new("stacked-file-operations", new(4, 19), "A file opened for reading follows a later copy-up.")
    {
        Detection = Probe,
    };

    /// <summary>A change of attributes copies up attributes only.</summary>
    public static OverlayFeature Metacopy { get; } = new("metacopy", new(4, 19), "A change of attributes copies up attributes only.")
    {
        MountOption = "metacopy=on",
        Parameter = "metacopy",
        ParameterDefault = "N",
        KernelConfig = "OVERLAY_FS_METACOPY",
        Detection = Parameter | Probe,
        Source = Document + "Metadata only copy up",
    };

    /// <summary>Layers that are the same or inside one another are refused with ELOOP.</summary>
    public static OverlayFeature OverlapCheck { get; } = new("overlap-check", new(5, 2), "Layers that are the same or inside one another are refused with ELOOP.")
    {
        Detection = Probe,
    };

    /// <summary>Copy-up keeps holes.</summary>
    public static OverlayFeature HolesKept { get; } = new("holes-on-copy-up", new(5, 6), "Copy-up keeps holes.");

    /// <summary>A remote or virtiofs upper is allowed; attributes that cannot be copied are skipped; directories get private inode numbers.</summary>
    public static OverlayFeature RemoteUpper { get; } = new("remote-upper", new(5, 7), "A remote or virtiofs upper is allowed; attributes that cannot be copied are skipped; directories get private inode numbers.");

    /// <summary>Whiteouts are hard links of one inode.</summary>
    public static OverlayFeature SharedWhiteout { get; } = new("shared-whiteout", new(5, 8), "Whiteouts are hard links of one inode.")
    {
        Detection = Probe,
    };

    /// <summary>The mount never syncs, and a second mount of its upper is refused.</summary>
    public static OverlayFeature Volatile { get; } = new("volatile", new(5, 10), "The mount never syncs, and a second mount of its upper is refused.")
    {
        MountOption = "volatile",
        Detection = Probe,
        Source = Document + "Volatile mount",
    };

    /// <summary>Marks are kept in user.overlay.*, as a mount in a user namespace needs.</summary>
    public static OverlayFeature UserXattr { get; } = new("userxattr", new(5, 11), "Marks are kept in user.overlay.*, as a mount in a user namespace needs.")
    {
        MountOption = "userxattr",
        Detection = Probe,
        Source = Document + "User xattr",
    };

    /// <summary>The UUID of the file system can be left out of file handles.</summary>
    public static OverlayFeature UuidOff { get; } = new("uuid-off", new(5, 11), "The UUID of the file system can be left out of file handles.")
    {
        MountOption = "uuid=off",
        Detection = Probe,
        Source = Document + "UUID and fsid",
    };

    /// <summary>A new directory in a merged one is marked opaque only if a feature needs it; before, always.</summary>
    public static OverlayFeature ConditionalOpaque { get; } = new("conditional-opaque", new(5, 14), "A new directory in a merged one is marked opaque only if a feature needs it; before, always.")
    {
        Detection = Probe,
    };

    /// <summary>The immutable and append-only flags are kept in an attribute; before, on the upper inode itself.</summary>
    public static OverlayFeature ProtectedAttributes { get; } = new("protattr", new(5, 15), "The immutable and append-only flags are kept in an attribute; before, on the upper inode itself.")
    {
        Detection = Probe,
    };

    /// <summary>copy_file_range between different real file systems answers EXDEV.</summary>
    public static OverlayFeature CopyRangeSameFileSystem { get; } = new("copy-range-same-file-system", new(5, 19), "copy_file_range between different real file systems answers EXDEV.")
    {
        Detection = Probe,
        Sightings = [new(new(5, 10, 46), false), new(new(5, 10, 262), true)],
    };

    /// <summary>fallocate that keeps the size sets the modification time on ext4.</summary>
    public static OverlayFeature KeepSizeSetsTime { get; } = new("keep-size-sets-time", new(5, 19), "fallocate that keeps the size sets the modification time on ext4.")
    {
        Detection = Probe,
        Sightings = [new(new(5, 10, 46), false), new(new(5, 10, 262), true)],
    };

    /// <summary>Layers may be idmapped mounts.</summary>
    public static OverlayFeature IdmappedLayers { get; } = new("idmapped-layers", new(5, 19), "Layers may be idmapped mounts.")
    {
        Detection = Probe,
    };

    /// <summary>A tmpfs upper holds file flags (chattr).</summary>
    public static OverlayFeature TmpfsFileFlags { get; } = new("tmpfs-file-flags", new(6, 0), "A tmpfs upper holds file flags (chattr).")
    {
        Detection = Probe,
    };

    /// <summary>Options are read by the file system context: the effective values are shown, and a remount through it is checked.</summary>
    public static OverlayFeature NewMountApi { get; } = new("new-mount-api", new(6, 5), "Options are read by the file system context: the effective values are shown, and a remount through it is checked.")
    {
        Detection = Probe,
    };

    /// <summary>Layers after two colons give data only.</summary>
    public static OverlayFeature DataOnlyLayers { get; } = new("data-only-layers", new(6, 5), "Layers after two colons give data only.")
    {
        MountOption = "lowerdir=a::data",
        Detection = Probe,
        Source = Document + "Data-only lower layers",
    };

    /// <summary>The digest of a metacopy file is checked with fs-verity.</summary>
    public static OverlayFeature Verity { get; } = new("verity", new(6, 6), "The digest of a metacopy file is checked with fs-verity.")
    {
        MountOption = "verity=on",
        Detection = Probe,
        Source = Document + "fs-verity support",
    };

    /// <summary>Each overlay can keep a UUID of its own in its upper.</summary>
    public static OverlayFeature UuidAttribute { get; } = new("uuid-attribute", new(6, 6), "Each overlay can keep a UUID of its own in its upper.")
    {
        MountOption = "uuid=auto",
        Detection = Probe,
        Source = Document + "UUID and fsid",
    };

    /// <summary>tmpfs holds user.* attributes.</summary>
    public static OverlayFeature TmpfsUserXattr { get; } = new("tmpfs-user-xattr", new(6, 6), "tmpfs holds user.* attributes.")
    {
        Detection = Probe,
    };

    /// <summary>Overlay attributes set through an overlay are stored escaped, so that overlays nest.</summary>
    public static OverlayFeature EscapedXattr { get; } = new("escaped-xattr", new(6, 7), "Overlay attributes set through an overlay are stored escaped, so that overlays nest.")
    {
        Detection = Probe,
        Source = Document + "Nesting overlayfs mounts",
    };

    /// <summary>Layers are added one by one.</summary>
    public static OverlayFeature LayerAppend { get; } = new("layer-append", new(6, 7), "Layers are added one by one.")
    {
        MountOption = "lowerdir+=a",
        Detection = Probe,
        Source = Document + "Multiple lower layers",
    };

    /// <summary>An empty file with a whiteout attribute hides a name where its directory is marked for it (first form in 6.7).</summary>
    public static OverlayFeature XattrWhiteout { get; } = new("xattr-whiteout", new(6, 8), "An empty file with a whiteout attribute hides a name where its directory is marked for it (first form in 6.7).")
    {
        Detection = Probe,
        Source = Document + "Nesting overlayfs mounts",
    };

    /// <summary>O_TMPFILE works in the overlay.</summary>
    public static OverlayFeature TemporaryFiles { get; } = new("tmpfile", new(6, 10), "O_TMPFILE works in the overlay.")
    {
        Detection = Probe,
    };

    /// <summary>Layers can be given as open directories.</summary>
    public static OverlayFeature LayerDescriptors { get; } = new("layer-descriptors", new(6, 13), "Layers can be given as open directories.")
    {
        Detection = Probe,
        Source = Document + "Specifying layers via file descriptors",
    };

    /// <summary>The credentials for access to layers can be those of the one who configures the mount.</summary>
    public static OverlayFeature OverrideCredentials { get; } = new("override-creds", new(6, 15), "The credentials for access to layers can be those of the one who configures the mount.")
    {
        MountOption = "override_creds",
        Detection = Probe,
        Source = Document + "Permission model",
    };

    /// <summary>Data-only layers do not need metacopy=on.</summary>
    public static OverlayFeature DataOnlyWithoutMetacopy { get; } = new("data-only-without-metacopy", new(6, 16), "Data-only layers do not need metacopy=on.")
    {
        Detection = Probe,
        Source = "seen: not in 6.12.113, in 6.16.12",
    };

    /// <summary>verity does not switch on metacopy and redirect_dir.</summary>
    public static OverlayFeature VerityWithoutMetacopy { get; } = new("verity-without-metacopy", new(6, 16), "verity does not switch on metacopy and redirect_dir.")
    {
        Detection = Probe,
        Source = "seen: not in 6.12.113, in 6.16.12",
    };

    /// <summary>Layers may be on file systems that can fold case: unused from 6.17, used alike in all directories from 6.18.</summary>
    public static OverlayFeature CaseFolding { get; } = new("case-folding", new(6, 17), "Layers may be on file systems that can fold case: unused from 6.17, used alike in all directories from 6.18.")
    {
        // Not tried: it takes a file system that folds case, which few kernels can make.
        KernelConfig = "UNICODE",
    };

    /// <summary>xino counts 32 bits for file systems with plain 32-bit handles, such as ext4.</summary>
    public static OverlayFeature PlainHandles32 { get; } = new("plain-handles-32", new(4, 17), "xino counts 32 bits for file systems with plain 32-bit handles, such as ext4.")
    {
        // Not tried: it takes two such file systems, of which one would have to be made on a loop device.
        Source = "seen: lost for a while around 6.16",
        Sightings = [new(new(6, 12, 43), false), new(new(6, 12, 113), true), new(new(6, 16, 12), false), new(new(6, 17, 13), false), new(new(6, 18, 44), true)],
    };

    /// <summary>How much is synced at copy-up can be chosen; volatile is one of the modes.</summary>
    public static OverlayFeature FsyncMode { get; } = new("fsync-mode", new(7, 0), "How much is synced at copy-up can be chosen; volatile is one of the modes.")
    {
        MountOption = "fsync=auto",
        Detection = Probe,
        Source = "seen: after 6.18, and in stable updates",
        Sightings = [new(new(6, 12, 113), true), new(new(6, 16, 12), false), new(new(6, 17, 13), false), new(new(6, 18, 44), true)],
    };

    /// <summary>Sockets can hold user.* attributes.</summary>
    public static OverlayFeature SocketUserXattr { get; } = new("socket-user-xattr", new(7, 1), "Sockets can hold user.* attributes.")
    {
        Detection = Probe,
    };

    /// <summary>An exchange with an own ancestor is EINVAL before a trailing slash is looked at.</summary>
    public static OverlayFeature ExchangeChecksAncestorFirst { get; } = new("exchange-checks-ancestor-first", new(7, 2), "An exchange with an own ancestor is EINVAL before a trailing slash is looked at.")
    {
        Detection = Probe,
        Source = "seen: not in 6.18.44, in 7.2.7",
    };

    /// <summary>uuid=off stays as it is in a mount without upper; before, it became null.</summary>
    public static OverlayFeature UuidOffShownWithoutUpper { get; } = new("uuid-off-shown-without-upper", new(7, 2), "uuid=off stays as it is in a mount without upper; before, it became null.")
    {
        Detection = Probe,
        Source = "seen: not in 6.18.44, in 7.2.7",
    };

    /// <summary>With nfs_export an indexed file without hard links shows its true link count after a remount.</summary>
    public static OverlayFeature NfsExportLinkCount { get; } = new("nfs-export-link-count", new(7, 3), "With nfs_export an indexed file without hard links shows its true link count after a remount.")
    {
        Detection = Probe,
        Source = "seen: not in 7.2.7, in 7.3.4",
    };

    /// <summary>All rows.</summary>
    public static ImmutableArray<OverlayFeature> All { get; } =
    [
        Overlay,
        MultipleLowers,
        Clone,
        RedirectDir,
        RedirectMax,
        TemporaryFileCopyUp,
        ConstantInode,
        Index,
        InUseCheck,
        Impure,
        RedirectFollow,
        NfsExport,
        Xino,
        StackedFileOperations,
        Metacopy,
        OverlapCheck,
        HolesKept,
        RemoteUpper,
        SharedWhiteout,
        Volatile,
        UserXattr,
        UuidOff,
        ConditionalOpaque,
        ProtectedAttributes,
        CopyRangeSameFileSystem,
        KeepSizeSetsTime,
        IdmappedLayers,
        TmpfsFileFlags,
        NewMountApi,
        DataOnlyLayers,
        Verity,
        UuidAttribute,
        TmpfsUserXattr,
        EscapedXattr,
        LayerAppend,
        XattrWhiteout,
        TemporaryFiles,
        LayerDescriptors,
        OverrideCredentials,
        DataOnlyWithoutMetacopy,
        VerityWithoutMetacopy,
        CaseFolding,
        PlainHandles32,
        FsyncMode,
        SocketUserXattr,
        ExchangeChecksAncestorFirst,
        UuidOffShownWithoutUpper,
        NfsExportLinkCount,
    ];

    private static readonly FrozenDictionary<string, OverlayFeature> s_byId = All.ToFrozenDictionary(f => f.Id, StringComparer.Ordinal);

    /// <summary>The row of a stable name; <see langword="null"/> if there is none.</summary>
    /// <param name="id">The name, as in <see cref="OverlayFeature.Id"/>.</param>
    public static OverlayFeature? Find(string id) => s_byId.GetValueOrDefault(id);
}
