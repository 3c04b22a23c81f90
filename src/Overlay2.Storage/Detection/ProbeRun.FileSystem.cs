using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What the file system itself can do.</content>
internal sealed partial class ProbeRun
{
    private const uint CharacterDevice = 0x2000;

    private void TryFileSystem()
    {
        MakeDirectory("fs");
        TryEntryTypes();
        MakeFile("fs/from");
        TryCall("rename-whiteout", "A rename can leave a whiteout behind (RENAME_WHITEOUT).", "renameat2 with RENAME_WHITEOUT",
            LibC.Rename("fs/from"u8, "fs/to"u8, LibC.RenameWhiteout), Errno.EINVAL);
        TryCall("file-tmpfile", "Files without a name can be made (O_TMPFILE).", "open with O_TMPFILE", OpenTemporary("fs"), Errno.EOPNOTSUPP, Errno.EISDIR);
        MakeFile("fs/attributes");
        TryCall("trusted-xattr", "Attributes trusted.* can be set.", "setxattr trusted.overlay2",
            LibC.SetExtendedAttribute("fs/attributes"u8, "trusted.overlay2"u8, "1"u8), Errno.EOPNOTSUPP);
        TryCall("user-xattr", "Attributes user.* can be set.", "setxattr user.overlay2",
            LibC.SetExtendedAttribute("fs/attributes"u8, "user.overlay2"u8, "1"u8), Errno.EOPNOTSUPP);
        TryCall("whiteout-mknod", "Whiteouts can be made by mknod (character device 0:0).", "mknod c 0 0",
            LibC.MakeNode("fs/whiteout"u8, CharacterDevice, 0), Errno.EOPNOTSUPP, Errno.EINVAL, Errno.EPERM);
    }

    private void TryEntryTypes()
    {
        MakeDirectory("fs/types");
        MakeFile("fs/types/file");
        FeatureEvidence evidence = DirectoryEntryTypes.Look("fs/types"u8);
        Add("d-type", ProbeScope.FileSystem, "Directory entries say their type (d_type, of xfs: ftype=1).", evidence.Status, evidence.Source);
    }

    /// <param name="id">The stable name.</param>
    /// <param name="description">One plain sentence.</param>
    /// <param name="call">The call, for showing.</param>
    /// <param name="error">What it answered.</param>
    /// <param name="means">The errors that mean No; another says nothing.</param>
    private void TryCall(string id, string description, string call, Errno error, params ReadOnlySpan<Errno> means) =>
        Add(id, ProbeScope.FileSystem, description, error.IsError ? (means.Contains(error) ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes, Answer(call, error));

    private static Errno OpenTemporary(string directory)
    {
        bool isOpen = LibC.TryOpenAt(
            LibC.CurrentDirectory, Utf8(directory), OpenFlags.Temporary | OpenFlags.ReadWrite, 0x180, out SafeFileHandle file, out Errno error);
        file.Dispose();
        return isOpen ? default : error;
    }
}
