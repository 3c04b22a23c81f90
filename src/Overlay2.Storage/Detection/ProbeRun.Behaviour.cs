using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What mounted overlays do, where no option tells.</content>
internal sealed partial class ProbeRun
{
    private void TryBehaviour()
    {
        TryCopyUp();
        TryWhiteouts();
        TryOpaque();
        TryEscapedAttributes();
        TryAttributeWhiteouts();
        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.Mount();
            if (!error.IsError)
                error = OpenTemporary(stage.Merged);
            Add(Features.TemporaryFiles, error.IsError ? (error == Errno.EOPNOTSUPP ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes, Answer("open with O_TMPFILE in an overlay", error));
        }

        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountType("tmpfs", "m2", "size=64k");
            if (!error.IsError)
                error = LibC.SetExtendedAttribute(Utf8(stage.Path("m2")), "user.overlay2"u8, "1"u8);
            Add(Features.TmpfsUserXattr, error.IsError ? (error == Errno.EOPNOTSUPP ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes, Answer("setxattr user.overlay2 on tmpfs", error));
        }
    }

    private void TryCopyUp()
    {
        using ProbeStage stage = NewStage();
        MakeFile($"{stage.Lower}/file", "old");
        stage.Mount();
        byte[] path = Utf8($"{stage.Merged}/file");
        bool isOpen = LibC.TryOpen(path, OpenFlags.ReadOnly, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle reader = opened;
        LibC.TryStatx(LibC.CurrentDirectory, path, AtFlags.NoFollow, StatusMask.Basic, out FileStatus before, out _);
        if (!isOpen || !LibC.TryOpen(path, OpenFlags.WriteOnly, out SafeFileHandle writing, out error))
        {
            Add(Features.StackedFileOperations, FeatureStatus.Unknown, Answer("open of a lower file", error));
            return;
        }

        using (writing)
            LibC.WriteAll(writing, "new"u8);
        byte[] content = new byte[3];
        LibC.TryRead(reader, content, out _, out _);
        LibC.TryStatx(LibC.CurrentDirectory, path, AtFlags.NoFollow, StatusMask.Basic, out FileStatus after, out _);

        bool isFollowed = content.AsSpan().SequenceEqual("new"u8);
        Add(Features.StackedFileOperations, YesIf(isFollowed), $"a file opened for reading before the copy-up shows the {(isFollowed ? "new" : "old")} data");
        bool isConstant = before.Inode == after.Inode;
        Add(Features.ConstantInode, isConstant ? FeatureStatus.Yes : FeatureStatus.Unknown,
            isConstant ? "the inode number is the same after a copy-up" : "the inode number changed at copy-up; on a file system without file handles it does so on every kernel");
    }

    private void TryWhiteouts()
    {
        using ProbeStage stage = NewStage();
        MakeFile($"{stage.Lower}/a");
        MakeFile($"{stage.Lower}/b");
        stage.Mount();
        LibC.Remove(Utf8($"{stage.Merged}/a"), isDirectory: false);
        LibC.Remove(Utf8($"{stage.Merged}/b"), isDirectory: false);
        if (!LibC.TryStatx(LibC.CurrentDirectory, Utf8($"{stage.Upper}/a"), AtFlags.NoFollow, StatusMask.Basic, out FileStatus first, out Errno error)
            || !LibC.TryStatx(LibC.CurrentDirectory, Utf8($"{stage.Upper}/b"), AtFlags.NoFollow, StatusMask.Basic, out FileStatus second, out error))
        {
            Add(Features.SharedWhiteout, FeatureStatus.Unknown, Answer("a whiteout in the upper", error));
            return;
        }

        Add(Features.SharedWhiteout, YesIf(first.Inode == second.Inode), $"two whiteouts are {(first.Inode == second.Inode ? "links of one inode" : "two inodes")}");
    }

    private void TryOpaque()
    {
        using ProbeStage stage = NewStage();
        MakeDirectory($"{stage.Lower}/gone");
        MakeDirectory($"{stage.Lower}/kept");
        stage.Mount();
        LibC.MakeDirectory(Utf8($"{stage.Merged}/kept/new"), 0x1ED);
        bool isMarked = IsOpaque($"{stage.Upper}/kept/new");
        bool isMade = LibC.TryStatx(LibC.CurrentDirectory, Utf8($"{stage.Upper}/kept/new"), AtFlags.NoFollow, StatusMask.Basic, out _, out Errno error);
        Add(Features.ConditionalOpaque, isMade ? YesIf(!isMarked) : FeatureStatus.Unknown,
            isMade ? $"a new directory in a merged one is {(isMarked ? "" : "not ")}marked opaque" : Answer("a new directory in the upper", error));

        LibC.Remove(Utf8($"{stage.Merged}/gone"), isDirectory: true);
        error = LibC.MakeDirectory(Utf8($"{stage.Merged}/gone"), 0x1ED);
        bool isOpaque = IsOpaque($"{stage.Upper}/gone");
        Add("opaque-copy-up", ProbeScope.FileSystem, "A directory made where a lower one was removed is marked opaque.",
            error.IsError ? FeatureStatus.Unknown : YesIf(isOpaque), Answer(isOpaque ? "trusted.overlay.opaque=y" : "no trusted.overlay.opaque", error));
    }

    private void TryEscapedAttributes()
    {
        using ProbeStage stage = NewStage();
        MakeFile($"{stage.Upper}/file");
        stage.Mount();
        Errno error = LibC.SetExtendedAttribute(Utf8($"{stage.Merged}/file"), "trusted.overlay.overlay2"u8, "1"u8);
        bool isEscaped = LibC.TryGetExtendedAttribute(Utf8($"{stage.Upper}/file"), "trusted.overlay.overlay.overlay2"u8, new byte[8], out _, out _);
        Add(Features.EscapedXattr,
            isEscaped ? FeatureStatus.Yes : error == Errno.EOPNOTSUPP || error == Errno.EPERM || !error.IsError ? FeatureStatus.No : FeatureStatus.Unknown,
            Answer("setxattr trusted.overlay.overlay2 in an overlay", error) + (isEscaped ? ", stored escaped" : ""));
    }

    private void TryAttributeWhiteouts()
    {
        using ProbeStage stage = NewStage();
        MakeDirectory($"{stage.Lower}/d");
        MakeFile($"{stage.Lower}/d/gone");
        Errno error = LibC.SetExtendedAttribute(Utf8($"{stage.Lower}/d"), "trusted.overlay.opaque"u8, "x"u8);
        if (!error.IsError)
            error = LibC.SetExtendedAttribute(Utf8($"{stage.Lower}/d/gone"), "trusted.overlay.whiteout"u8, "y"u8);
        if (!error.IsError)
            error = stage.Mount();
        if (error.IsError)
        {
            Add(Features.XattrWhiteout, FeatureStatus.Unknown, Answer("whiteout attributes in a lower", error));
            return;
        }

        bool isThere = LibC.TryStatx(LibC.CurrentDirectory, Utf8($"{stage.Merged}/d/gone"), AtFlags.NoFollow, StatusMask.Basic, out _, out error);
        Add(Features.XattrWhiteout, isThere ? FeatureStatus.No : error == Errno.ENOENT ? FeatureStatus.Yes : FeatureStatus.Unknown, Answer("stat of a file with a whiteout attribute", error));
    }

    private static bool IsOpaque(string path) =>
        LibC.TryGetExtendedAttribute(Utf8(path), "trusted.overlay.opaque"u8, new byte[8], out _, out _);
}
