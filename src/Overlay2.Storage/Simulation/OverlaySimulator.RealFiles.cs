using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    private static readonly Bytes.ByteString Capability = Bytes.ByteString.FromText("security.capability");

    /// <summary>The object whose data an open file shows now: after a copy-up the upper one, but in old kernels the one that was opened.</summary>
    private BackingInode CurrentData(OpenFile file) =>
        _mount.Rules.FollowsCopyUp ? OverlayMount.RealData(file.Dentry.Inode!) ?? file.Real! : file.Real!;

    /// <summary>A directory of one layer is sought in like the real one; a merged one knows no data and holes.</summary>
    private static LinuxError SeekDirectory(OpenFile file, long offset, bool data, out long result)
    {
        result = 0;
        BackingInode real = file.Dentry.Inode!.Real; // after a copy-up that is the upper directory
        if (!file.ReadsReal || real.FileSystem.Kind == SimulatedFileSystemKind.Tmpfs)
            return LinuxError.EINVAL;
        long end = real.FileSystem.DirectoryEnd(real);
        if (offset < 0 || offset >= end)
            return LinuxError.ENXIO;
        result = data ? offset : end;
        if (result == 0)
            file.WasRead = false;
        file.IsAtEnd = !data;
        return LinuxError.OK;
    }

    private LinuxError Truncate(OverlayDentry dentry, long size, bool always, bool truncating)
    {
        LinuxError error = _mount.SetSize(dentry, size, always, truncating);
        if (error == LinuxError.OK)
            RemovePrivileges(dentry.Upper!);
        return error;
    }

    /// <summary>A change of data takes set-user-ID, set-group-ID and file capabilities away.</summary>
    private void RemovePrivileges(BackingInode real)
    {
        int mode = ModeAfterWrite(real);
        if (mode != real.Mode)
            real.FileSystem.SetMode(real, mode);
        if (real.ExtendedAttributes.ContainsKey(Capability))
            real.FileSystem.RemoveExtendedAttribute(real, Capability);
    }

    private LinuxError Read(OpenFile file, long offset, int length, out byte[] bytes)
    {
        bytes = [];
        OverlayInode inode = file.Dentry.Inode!;
        if (offset < 0 || length < 0 || length > long.MaxValue - offset)
            return LinuxError.EINVAL;
        if (inode.Type == FileType.Fifo)
            return LinuxError.ESPIPE;
        if (!file.CanRead)
            return LinuxError.EBADF;
        if (inode.IsDirectory)
            return LinuxError.EISDIR;
        // read(2): no call transfers more.
        length = Math.Min(length, 0x7FFFF000);
        if (inode.Type == FileType.CharacterDevice)
        {
            // The memory devices: null is empty, zero never ends.
            bytes = inode.Real.Device == new DeviceNumber(1, 5) ? new byte[length] : [];
            return LinuxError.OK;
        }

        BackingInode real = CurrentData(file);
        bytes = BackingFileSystem.Read(real, offset, length);
        if (_mount.Rules.FollowsCopyUp || real == inode.Upper)
            OverlayMount.Accessed(inode);
        return LinuxError.OK;
    }

    private LinuxError Allocate(OpenFile file, AllocationMode mode, long offset, long length)
    {
        OverlayInode inode = file.Dentry.Inode!;
        if (offset < 0 || length <= 0)
            return LinuxError.EINVAL;
        if (!file.CanWrite)
            return LinuxError.EBADF;
        FileAttributeFlags protection = OverlayMount.Protection(inode);
        if ((protection & FileAttributeFlags.Immutable) != 0 || ((protection & FileAttributeFlags.Append) != 0 && mode is AllocationMode.PunchHole or AllocationMode.ZeroRange))
            return LinuxError.EPERM;
        if (inode.Type == FileType.Fifo)
            return LinuxError.ESPIPE;
        if (inode.Type != FileType.Regular)
            return LinuxError.ENODEV;
        if (length > long.MaxValue - offset)
            return LinuxError.EFBIG;
        BackingInode real = CurrentData(file);
        RemovePrivileges(real);
        BackingFileSystem fileSystem = real.FileSystem;
        switch (mode)
        {
            case AllocationMode.PunchHole:
                return fileSystem.PunchHole(real, offset, length);
            case AllocationMode.ZeroRange:
                return fileSystem.ZeroRange(real, offset, length);
            default:
                return fileSystem.Allocate(real, offset, length, mode == AllocationMode.KeepSize);
        }
    }

    private LinuxError CopyRange(OpenFile from, long sourceOffset, OpenFile to, long targetOffset, long length, out long copied)
    {
        copied = 0;
        OverlayInode source = from.Dentry.Inode!;
        OverlayInode target = to.Dentry.Inode!;
        if (source.IsDirectory || target.IsDirectory)
            return LinuxError.EISDIR;
        if (source.Type != FileType.Regular || target.Type != FileType.Regular)
            return LinuxError.EINVAL;
        if (!from.CanRead || !to.CanWrite || (to.Modes & OpenModes.Append) != 0)
            return LinuxError.EBADF;
        if ((OverlayMount.Protection(target) & FileAttributeFlags.Immutable) != 0)
            return LinuxError.EPERM;
        if (sourceOffset < 0 || targetOffset < 0 || length < 0)
            return LinuxError.EINVAL;
        BackingInode input = CurrentData(from);
        BackingInode output = CurrentData(to);
        length = Math.Max(0, Math.Min(length, input.Size - sourceOffset));
        if (targetOffset == long.MaxValue)
            return LinuxError.EFBIG;
        length = Math.Min(length, long.MaxValue - targetOffset);
        if (source == target && targetOffset + length > sourceOffset && targetOffset < sourceOffset + length)
            return LinuxError.EINVAL;
        if (length == 0)
            return LinuxError.OK;
        RemovePrivileges(output);
        if (input.FileSystem != output.FileSystem && !_mount.Rules.CopiesRangesAcrossFileSystems)
            return LinuxError.EXDEV;
        return output.FileSystem.CopyFileRange(input, sourceOffset, output, targetOffset, length, out copied);
    }
}
