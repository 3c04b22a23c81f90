using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>truncate(2): the whole file is copied up first, whatever the new size.</summary>
    /// <param name="path">A regular file.</param>
    /// <param name="size">The new size.</param>
    public OperationResult Truncate(BytePath path, long size)
    {
        if (size < 0)
            return Finish(LinuxError.EINVAL);
        LinuxError error = Walk(path, follow: true, out OverlayDentry dentry);
        if (error != LinuxError.OK)
            return Finish(error);
        OverlayInode inode = dentry.Inode!;
        if (inode.Type != FileType.Regular)
            return Finish(inode.IsDirectory ? LinuxError.EISDIR : LinuxError.EINVAL);
        if (_mount.IsReadOnly)
            return Finish(LinuxError.EROFS);
        error = CheckPermission(inode, Permissions.Write);
        if (error == LinuxError.OK && (OverlayMount.Protection(inode) & FileAttributeFlags.Append) != 0)
            error = LinuxError.EPERM;
        return Finish(error == LinuxError.OK ? Truncate(dentry, size, always: false, truncating: false) : error);
    }

    /// <summary>ftruncate(2).</summary>
    /// <param name="descriptor">A file open for writing.</param>
    /// <param name="size">The new size.</param>
    public OperationResult TruncateDescriptor(int descriptor, long size)
    {
        if (size < 0)
            return Finish(LinuxError.EINVAL);
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error != LinuxError.OK)
            return Finish(error);
        OverlayInode inode = file.Dentry.Inode!;
        if (inode.Type != FileType.Regular || !file.CanWrite)
            return Finish(LinuxError.EINVAL);
        if ((OverlayMount.Protection(inode) & FileAttributeFlags.Append) != 0)
            return Finish(LinuxError.EPERM);
        return Finish(Truncate(file.Dentry, size, always: true, truncating: false));
    }

    /// <summary>pread(2).</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="length">How much to read.</param>
    public OperationResult<byte[]> Read(int descriptor, long offset, int length)
    {
        byte[] bytes = [];
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error == LinuxError.OK)
            error = Read(file, offset, length, out bytes);
        return Finish(error, bytes);
    }

    /// <summary>pwrite(2); a file open with O_APPEND grows at its end.</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="offset">Where to write.</param>
    /// <param name="bytes">What to write.</param>
    /// <returns>How much was written: less than asked for when the space ends.</returns>
    public OperationResult<int> Write(int descriptor, long offset, ReadOnlySpan<byte> bytes)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error != LinuxError.OK)
            return Finish(error, 0);
        OverlayInode inode = file.Dentry.Inode!;
        if (offset < 0)
            return Finish(LinuxError.EINVAL, 0);
        if (inode.Type is FileType.Fifo)
            return Finish(LinuxError.ESPIPE, 0);
        if (!file.CanWrite)
            return Finish(LinuxError.EBADF, 0);
        if (bytes.Length > long.MaxValue - offset)
            return Finish(LinuxError.EINVAL, 0);
        if (inode.Type == FileType.CharacterDevice || bytes.IsEmpty)
            return Finish(LinuxError.OK, bytes.Length);
        BackingInode real = CurrentData(file);
        RemovePrivileges(real);
        if ((file.Modes & OpenModes.Append) != 0)
            offset = real.Size;
        error = real.FileSystem.Write(real, offset, bytes, out int written);
        return Finish(error, written);
    }

    /// <summary>fallocate(2).</summary>
    /// <param name="descriptor">A file open for writing.</param>
    /// <param name="mode">What to do.</param>
    /// <param name="offset">Start of the range.</param>
    /// <param name="length">Length of the range.</param>
    public OperationResult Allocate(int descriptor, AllocationMode mode, long offset, long length)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error == LinuxError.OK)
            error = Allocate(file, mode, offset, length);
        return Finish(error);
    }

    /// <summary>copy_file_range(2).</summary>
    /// <param name="source">A file open for reading.</param>
    /// <param name="sourceOffset">Where to read.</param>
    /// <param name="target">A file open for writing.</param>
    /// <param name="targetOffset">Where to write.</param>
    /// <param name="length">How much.</param>
    /// <returns>How much was copied.</returns>
    public OperationResult<long> CopyRange(int source, long sourceOffset, int target, long targetOffset, long length)
    {
        long copied = 0;
        LinuxError error = FindFile(source, acceptsPathOnly: false, out OpenFile from);
        OpenFile to = from;
        if (error == LinuxError.OK)
            error = FindFile(target, acceptsPathOnly: false, out to);
        if (error == LinuxError.OK)
            error = CopyRange(from, sourceOffset, to, targetOffset, length, out copied);
        return Finish(error, copied);
    }

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE.</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="data">Whether data or a hole is looked for.</param>
    public OperationResult<long> Seek(int descriptor, long offset, bool data)
    {
        long result = 0;
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error != LinuxError.OK)
            return Finish(error, 0L);
        OverlayInode inode = file.Dentry.Inode!;
        switch (inode.Type)
        {
            case FileType.Fifo:
                return Finish(LinuxError.ESPIPE, 0L);
            case FileType.CharacterDevice:
                return Finish(LinuxError.OK, 0L);
            case FileType.Directory:
                error = SeekDirectory(file, offset, data, out result);
                return Finish(error, result);
        }

        BackingInode real = CurrentData(file);
        error = real.FileSystem.Seek(real, offset, data, out result);
        return Finish(error, result);
    }

    /// <summary>fsync(2).</summary>
    /// <param name="descriptor">An open file.</param>
    public OperationResult Sync(int descriptor)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error != LinuxError.OK)
            return Finish(error);
        OverlayInode inode = file.Dentry.Inode!;
        if (inode.Type is not (FileType.Regular or FileType.Directory))
            return Finish(LinuxError.EINVAL);
        if (inode.Upper is not null && !_mount.Features.Volatile)
            _mount.Effects.Add(EffectKind.Sync, file.Dentry);
        return Finish(LinuxError.OK);
    }

    /// <summary>mmap(2) of a whole file, shared, for reading: the map stays on the real file that was opened.</summary>
    /// <param name="descriptor">A file open for reading.</param>
    /// <returns>A number for <see cref="ReadMapping"/>.</returns>
    public OperationResult<int> Map(int descriptor)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error != LinuxError.OK)
            return Finish(error, -1);
        OverlayInode inode = file.Dentry.Inode!;
        if (!file.CanRead)
            return Finish(LinuxError.EACCES, -1);
        if (inode.Type != FileType.Regular)
            return Finish(LinuxError.ENODEV, -1);
        if (inode.Real.Size == 0)
            return Finish(LinuxError.EINVAL, -1);
        BackingInode real = file.Real!;
        OverlayMount.Accessed(inode);
        BackingFileSystem.Pin(real);
        OverlayMount.Pin(file.Dentry);
        int number = _nextDescriptor++;
        _mappings.Set(number, new FileMapping(file.Dentry, real, inode.Real.Size));
        return Finish(LinuxError.OK, number);
    }

    /// <summary>munmap(2).</summary>
    /// <param name="mapping">A mapping.</param>
    public OperationResult Unmap(int mapping)
    {
        if (!_mappings.TryGetValue(mapping, out FileMapping? map))
            return Finish(LinuxError.EINVAL);
        _mappings.Remove(mapping);
        BackingFileSystem.Unpin(map.Real);
        _mount.Unpin(map.Dentry);
        return Finish(LinuxError.OK);
    }

    /// <summary>Reads memory of a mapping; EIO stands for the signal SIGBUS, and a short answer stops before such a page.</summary>
    /// <param name="mapping">A mapping.</param>
    /// <param name="offset">Where in the mapping.</param>
    /// <param name="length">How much; cut at the end of the mapping.</param>
    public OperationResult<byte[]> ReadMapping(int mapping, long offset, int length)
    {
        byte[] bytes = [];
        if (!_mappings.TryGetValue(mapping, out FileMapping? map))
            return Finish(LinuxError.EBADF, bytes);
        if (offset < 0 || length < 0)
            return Finish(LinuxError.EINVAL, bytes);
        LinuxError error = BackingFileSystem.ReadMapped(map.Real, offset, Math.Max(0, Math.Min(Math.Min(length, Array.MaxLength), map.Length - offset)), out bytes);
        return Finish(error, bytes);
    }
}
