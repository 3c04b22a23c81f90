using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What the kernel does with files below an overlay: none of these mounts one.</content>
internal static partial class FeatureProbes
{
    private static FeatureEvidence TmpfsFileFlags(ProbeStage stage)
    {
        const uint NoDump = 0x40;
        Errno error = stage.MountTmpfs("m2");
        if (error.IsError)
            return ProbeAnswer.Unknown("mount of a tmpfs", error);

        MakeFile(stage.Path("m2/file"));
        bool isOpen = LibC.TryOpen(Utf8(stage.Path("m2/file")), OpenFlags.ReadOnly, out SafeFileHandle opened, out error);
        using SafeFileHandle file = opened;
        return isOpen
            ? ProbeAnswer.Of("setting the flag nodump of a file on tmpfs", LibC.SetInodeFlags(file, NoDump), Errno.ENOTTY, Errno.EOPNOTSUPP)
            : ProbeAnswer.Unknown("open of a file on tmpfs", error);
    }

    private static FeatureEvidence TmpfsUserXattr(ProbeStage stage)
    {
        Errno error = stage.MountTmpfs("m2");
        return ProbeAnswer.Of("setxattr user.overlay2 on tmpfs",
            error.IsError ? error : LibC.SetExtendedAttribute(Utf8(stage.Path("m2")), "user.overlay2"u8, "1"u8), Errno.EOPNOTSUPP);
    }

    private static FeatureEvidence SocketUserXattr(ProbeStage stage)
    {
        const uint Permissions = 0x180;
        byte[] path = Utf8($"{stage.Lower}/socket");
        Errno error = LibC.MakeNode(path, FileStatus.SocketType | Permissions, 0);
        return error.IsError
            ? ProbeAnswer.Unknown("mknod of a socket", error)
            : ProbeAnswer.Of("setxattr user.overlay2 on a socket", LibC.SetExtendedAttribute(path, "user.overlay2"u8, "1"u8), Errno.EPERM);
    }

    private static FeatureEvidence ExchangeChecksAncestorFirst(ProbeStage stage)
    {
        const string Call = "exchange of a/b/file/ with a";
        string ancestor = $"{stage.Lower}/a";
        MakeDirectory(ancestor);
        MakeDirectory($"{ancestor}/b");
        MakeFile($"{ancestor}/b/file");
        Errno error = LibC.Rename(Utf8($"{ancestor}/b/file/"), Utf8(ancestor), LibC.RenameExchange);
        return error == Errno.EINVAL || error == Errno.ENOTDIR
            ? ProbeAnswer.YesIf(error == Errno.EINVAL, ProbeAnswer.Text(Call, error))
            : ProbeAnswer.Unknown(Call, error);
    }

    private static FeatureEvidence KeepSizeSetsTime(ProbeStage stage)
    {
        const uint Ext4Magic = 0xEF53;
        const long Length = 4096;
        MakeFile($"{stage.Lower}/file");
        bool isOpen = LibC.TryOpen(Utf8($"{stage.Lower}/file"), OpenFlags.ReadWrite, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle file = opened;
        if (!isOpen || !LibC.TryGetMagic(file, out uint magic, out error))
            return ProbeAnswer.Unknown("open of a file", error);
        if (magic != Ext4Magic)
            return new(FeatureStatus.Unknown, "not tried, as the scratch directory is not on ext4");

        LibC.TryStatx(file, StatusMask.Basic, out FileStatus before, out _);
        // The clock of file times goes in steps of up to 10 ms.
        Thread.Sleep(TimeSpan.FromMilliseconds(20));
        error = LibC.AllocateKeepingSize(file, Length);
        if (error.IsError || !LibC.TryStatx(file, StatusMask.Basic, out FileStatus after, out error))
            return ProbeAnswer.Unknown("fallocate with FALLOC_FL_KEEP_SIZE", error);

        bool isSet = (before.ModificationTime.Seconds, before.ModificationTime.Nanoseconds) != (after.ModificationTime.Seconds, after.ModificationTime.Nanoseconds);
        return ProbeAnswer.YesIf(isSet, $"fallocate with FALLOC_FL_KEEP_SIZE {(isSet ? "sets" : "leaves")} the modification time");
    }
}
