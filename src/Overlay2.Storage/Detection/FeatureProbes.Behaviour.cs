using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What mounted overlays do, where no option tells.</content>
internal static partial class FeatureProbes
{
    private static FeatureEvidence StackedFileOperations(ProbeStage stage)
    {
        MakeFile($"{stage.Lower}/file", "old");
        stage.Mount();
        bool isOpen = LibC.TryOpen(Utf8($"{stage.Merged}/file"), OpenFlags.ReadOnly, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle reader = opened;
        if (!isOpen)
            return ProbeAnswer.Unknown("open of a lower file", error);
        error = Write($"{stage.Merged}/file", "new");
        if (error.IsError)
            return ProbeAnswer.Unknown("write to a lower file", error);
        byte[] content = new byte[3];
        LibC.TryRead(reader, content, out _, out _);
        bool isFollowed = content.AsSpan().SequenceEqual("new"u8);
        return ProbeAnswer.YesIf(isFollowed, $"a file opened for reading before the copy-up shows the {(isFollowed ? "new" : "old")} data");
    }

    private static FeatureEvidence ConstantInode(ProbeStage stage)
    {
        MakeFile($"{stage.Lower}/file");
        stage.Mount();
        string path = $"{stage.Merged}/file";
        if (!TryLook(path, out FileStatus before, out Errno error))
            return ProbeAnswer.Unknown("stat of a lower file", error);
        error = Write(path, "copied up");
        if (error.IsError || !TryLook(path, out FileStatus after, out error))
            return ProbeAnswer.Unknown("write to a lower file", error);

        return before.Inode == after.Inode
            ? new(FeatureStatus.Yes, "the inode number is the same after a copy-up")
            : new(FeatureStatus.Unknown, "the inode number changed at copy-up; on a file system without file handles it does so on every kernel");
    }

    private static FeatureEvidence SharedWhiteout(ProbeStage stage)
    {
        MakeFile($"{stage.Lower}/a");
        MakeFile($"{stage.Lower}/b");
        stage.Mount();
        LibC.Remove(Utf8($"{stage.Merged}/a"), isDirectory: false);
        LibC.Remove(Utf8($"{stage.Merged}/b"), isDirectory: false);
        FileStatus second = default;
        return TryLook($"{stage.Upper}/a", out FileStatus first, out Errno error) && TryLook($"{stage.Upper}/b", out second, out error)
            ? ProbeAnswer.YesIf(first.Inode == second.Inode, $"two whiteouts are {(first.Inode == second.Inode ? "links of one inode" : "two inodes")}")
            : ProbeAnswer.Unknown("a whiteout in the upper", error);
    }

    private static FeatureEvidence ConditionalOpaque(ProbeStage stage)
    {
        MakeDirectory($"{stage.Lower}/kept");
        stage.Mount();
        LibC.MakeDirectory(Utf8($"{stage.Merged}/kept/new"), 0x1ED);
        bool isMarked = IsOpaque($"{stage.Upper}/kept/new");
        return TryLook($"{stage.Upper}/kept/new", out _, out Errno error)
            ? ProbeAnswer.YesIf(!isMarked, $"a new directory in a merged one is {(isMarked ? "" : "not ")}marked opaque")
            : ProbeAnswer.Unknown("a new directory in the upper", error);
    }

    private static FeatureEvidence EscapedXattr(ProbeStage stage)
    {
        const string Call = "setxattr trusted.overlay.overlay2 in an overlay";
        MakeFile($"{stage.Upper}/file");
        stage.Mount();
        Errno error = LibC.SetExtendedAttribute(Utf8($"{stage.Merged}/file"), "trusted.overlay.overlay2"u8, "1"u8);
        if (LibC.TryGetExtendedAttribute(Utf8($"{stage.Upper}/file"), "trusted.overlay.overlay.overlay2"u8, new byte[8], out _, out _))
            return new(FeatureStatus.Yes, ProbeAnswer.Text(Call, error) + ", stored escaped");
        return error.IsError ? ProbeAnswer.Of(Call, error, Errno.EOPNOTSUPP, Errno.EPERM) : new(FeatureStatus.No, ProbeAnswer.Text(Call, error));
    }

    private static FeatureEvidence XattrWhiteout(ProbeStage stage)
    {
        MakeDirectory($"{stage.Lower}/d");
        MakeFile($"{stage.Lower}/d/gone");
        Errno error = LibC.SetExtendedAttribute(Utf8($"{stage.Lower}/d"), "trusted.overlay.opaque"u8, "x"u8);
        if (!error.IsError)
            error = LibC.SetExtendedAttribute(Utf8($"{stage.Lower}/d/gone"), "trusted.overlay.whiteout"u8, "y"u8);
        if (!error.IsError)
            error = stage.Mount();
        if (error.IsError)
            return ProbeAnswer.Unknown("whiteout attributes in a lower", error);

        const string Call = "stat of a file with a whiteout attribute";
        bool isThere = TryLook($"{stage.Merged}/d/gone", out _, out error);
        return isThere || error == Errno.ENOENT
            ? ProbeAnswer.YesIf(!isThere, ProbeAnswer.Text(Call, error))
            : ProbeAnswer.Unknown(Call, error);
    }

    /// <summary>The attribute is put on the upper file by hand, so that no file is ever immutable outside the mount, on any kernel.</summary>
    private static FeatureEvidence ProtectedAttributes(ProbeStage stage)
    {
        MakeFile($"{stage.Upper}/file");
        Errno error = LibC.SetExtendedAttribute(Utf8($"{stage.Upper}/file"), "trusted.overlay.protattr"u8, "i"u8);
        if (!error.IsError)
            error = stage.Mount();
        if (error.IsError)
            return ProbeAnswer.Unknown("an upper file with trusted.overlay.protattr=i", error);

        const string Call = "open for writing of a file with trusted.overlay.protattr=i";
        bool isOpen = LibC.TryOpen(Utf8($"{stage.Merged}/file"), OpenFlags.WriteOnly, out SafeFileHandle opened, out error);
        opened.Dispose();
        return isOpen || error == Errno.EPERM
            ? ProbeAnswer.YesIf(!isOpen, ProbeAnswer.Text(Call, error))
            : ProbeAnswer.Unknown(Call, error);
    }

    private static FeatureEvidence TemporaryFiles(ProbeStage stage)
    {
        Errno error = stage.Mount();
        return ProbeAnswer.Of("open with O_TMPFILE in an overlay", error.IsError ? error : OpenTemporary(stage.Merged), Errno.EOPNOTSUPP);
    }

    /// <summary>From a lower file of the scratch directory to an upper one on a tmpfs.</summary>
    private static FeatureEvidence CopyRangeSameFileSystem(ProbeStage stage)
    {
        MakeFile($"{stage.Lower}/from", "text");
        Errno error = stage.MountTmpfs("m2");
        if (!error.IsError)
        {
            MakeDirectory(stage.Path("m2/u"));
            MakeDirectory(stage.Path("m2/w"));
            error = stage.MountAt("m", $"lowerdir={stage.Lower},upperdir={stage.Path("m2/u")},workdir={stage.Path("m2/w")}");
        }

        if (error.IsError)
            return ProbeAnswer.Unknown("mount with an upper on tmpfs", error);

        const string Call = "copy_file_range from a lower file to one of an upper on tmpfs";
        Write($"{stage.Merged}/to", "");
        bool isOpen = LibC.TryOpen(Utf8($"{stage.Merged}/from"), OpenFlags.ReadOnly, out SafeFileHandle openedFrom, out error);
        using SafeFileHandle from = openedFrom;
        isOpen &= LibC.TryOpen(Utf8($"{stage.Merged}/to"), OpenFlags.WriteOnly, out SafeFileHandle openedTo, out Errno toError);
        using SafeFileHandle to = openedTo;
        if (!isOpen)
            return ProbeAnswer.Unknown("open of two files in an overlay", error.IsError ? error : toError);

        error = LibC.CopyRange(from, to, 4);
        return error.IsError && error != Errno.EXDEV
            ? ProbeAnswer.Unknown(Call, error)
            : ProbeAnswer.YesIf(error.IsError, ProbeAnswer.Text(Call, error));
    }
}
