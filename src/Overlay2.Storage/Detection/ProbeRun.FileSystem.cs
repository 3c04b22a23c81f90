using Overlay2.Storage.Interop;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What the file system itself can do.</content>
internal sealed partial class ProbeRun
{
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
            LibC.MakeNode("fs/whiteout"u8, FileStatus.CharacterDeviceType, 0), Errno.EOPNOTSUPP, Errno.EINVAL, Errno.EPERM);
        if (!Plain.IsError)
            TryOpaqueMark();
    }

    private void TryEntryTypes()
    {
        MakeDirectory("fs/types");
        MakeFile("fs/types/file");
        Add("d-type", ProbeScope.FileSystem, "Directory entries say their type (d_type, of xfs: ftype=1).", DirectoryEntryTypes.Look(DirectoryReader.Open("fs/types"u8)));
    }

    private void TryOpaqueMark()
    {
        using ProbeStage stage = NewStage();
        MakeDirectory($"{stage.Lower}/gone");
        stage.Mount();
        LibC.Remove(Utf8($"{stage.Merged}/gone"), isDirectory: true);
        Errno error = LibC.MakeDirectory(Utf8($"{stage.Merged}/gone"), 0x1ED);
        bool isOpaque = IsOpaque($"{stage.Upper}/gone");
        string seen = ProbeAnswer.Text(isOpaque ? "trusted.overlay.opaque=y" : "no trusted.overlay.opaque", error);
        Add("opaque-copy-up", ProbeScope.FileSystem, "A directory made where a lower one was removed is marked opaque.",
            error.IsError ? new(Kernel.FeatureStatus.Unknown, seen) : ProbeAnswer.YesIf(isOpaque, seen));
    }

    /// <param name="id">The stable name.</param>
    /// <param name="description">One plain sentence.</param>
    /// <param name="call">The call, for showing.</param>
    /// <param name="error">What it answered.</param>
    /// <param name="means">The errors that mean No; another says nothing.</param>
    private void TryCall(string id, string description, string call, Errno error, params ReadOnlySpan<Errno> means) =>
        Add(id, ProbeScope.FileSystem, description, ProbeAnswer.Of(call, error, means));
}
