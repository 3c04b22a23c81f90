using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
    private const int PageSize = FileContent.PageSize;

    /// <summary>The largest size of a file.</summary>
    public long MaximumFileSize => Kind == SimulatedFileSystemKind.Ext4 ? uint.MaxValue * (long)PageSize : long.MaxValue;

    /// <summary>Reads from a regular file.</summary>
    /// <returns>The bytes up to the end of the file.</returns>
    public static byte[] Read(BackingInode inode, long offset, long length)
    {
        long available = Math.Min(length, inode.Size - offset);
        if (available <= 0)
            return [];
        byte[] result = new byte[available];
        inode.Content.Read(offset, result);
        return result;
    }

    /// <summary>Writes to a regular file, page by page, until the space ends or the largest size is reached.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="offset">Where the bytes go.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="written">How many found room.</param>
    public LinuxError Write(BackingInode inode, long offset, ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        if (bytes.IsEmpty)
            return LinuxError.OK;
        if (offset >= MaximumFileSize)
            return LinuxError.EFBIG;
        if (bytes.Length > MaximumFileSize - offset)
            bytes = bytes[..(int)(MaximumFileSize - offset)];
        FileContent content = inode.EditContent();
        inode.ModificationTime = _clock.Now;
        inode.ChangeTime = _clock.Now;
        while (written < bytes.Length)
        {
            long at = offset + written;
            int length = (int)Math.Min(PageSize - (at % PageSize), bytes.Length - written);
            if (content.GetPage(at / PageSize) is null && !TakeBlocks(1))
                return written == 0 ? LinuxError.ENOSPC : LinuxError.OK;
            if (content.IsShared)
                Unshare(content, at / PageSize);
            content.WriteInPage(at, bytes.Slice(written, length));
            written += length;
            if (at + length > inode.Size)
                inode.Size = at + length;
        }

        return LinuxError.OK;
    }

    /// <summary>Sets the size: pages past it are freed, the rest of the last page becomes zero.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="size">The new size.</param>
    /// <param name="always">Whether the modification time is set even if the size stays (O_TRUNC, ftruncate).</param>
    /// <returns>EFBIG past the largest size.</returns>
    public LinuxError SetSize(BackingInode inode, long size, bool always)
    {
        if (size > MaximumFileSize)
            return LinuxError.EFBIG;
        bool truncates = Kind switch
        {
            SimulatedFileSystemKind.Ext4 => true,
            SimulatedFileSystemKind.Tmpfs => inode.Content.PageCount > 0,
            _ => false,
        };
        if (size != inode.Size || always || truncates)
        {
            inode.ModificationTime = _clock.Now;
            inode.ChangeTime = _clock.Now;
        }

        if (size <= inode.Size)
        {
            FileContent content = inode.EditContent();
            AddFreeBlocks(content.RemovePages(PagesOf(size), long.MaxValue));
            if (content.IsShared && size % PageSize != 0)
                Unshare(content, size / PageSize);
            if (size % PageSize != 0)
                content.ZeroInPage(size, (int)(PageSize - (size % PageSize)));
        }

        inode.Size = size;
        return LinuxError.OK;
    }

    /// <summary>Allocates space (fallocate with no mode or FALLOC_FL_KEEP_SIZE).</summary>
    public LinuxError Allocate(BackingInode inode, long offset, long length, bool keepSize)
    {
        if (length > MaximumFileSize - offset)
            return LinuxError.EFBIG;
        long first = offset / PageSize;
        long end = PagesOf(offset + length);
        if (end - first > FreeBlocks + inode.Content.PageCount)
            return LinuxError.ENOSPC;
        FileContent content = inode.EditContent();
        List<long> taken = [];
        for (long page = first; page < end; page++)
        {
            if (content.GetPage(page) is { } there)
            {
                // tmpfs takes a page that is allocated a second time for one in use.
                if (there == FileContent.Unwritten && Kind == SimulatedFileSystemKind.Tmpfs)
                    content.SetPage(page, FileContent.Zeros);
                continue;
            }

            if (!TakeBlocks(1))
            {
                foreach (long undo in taken)
                    AddFreeBlocks(content.RemovePages(undo, undo + 1));
                return LinuxError.ENOSPC;
            }

            content.SetPage(page, FileContent.Unwritten);
            taken.Add(page);
        }

        if (!keepSize || !AllocationKeepsTime || Kind != SimulatedFileSystemKind.Ext4)
            Changed(inode);
        if (!keepSize && offset + length > inode.Size)
            inode.Size = offset + length;
        return LinuxError.OK;
    }

    /// <summary>Frees the whole pages of a range and clears the rest of it (FALLOC_FL_PUNCH_HOLE).</summary>
    public LinuxError PunchHole(BackingInode inode, long offset, long length)
    {
        if (length > MaximumFileSize - offset)
            return LinuxError.EFBIG;
        FileContent content = inode.EditContent();
        long end = offset + length;
        long first = PagesOf(offset);
        long last = end / PageSize;
        if (first <= last)
        {
            AddFreeBlocks(content.RemovePages(first, last));
            ZeroPart(content, offset, (int)((PageSize - (offset % PageSize)) % PageSize), inode.Size);
            ZeroPart(content, last * PageSize, (int)(end % PageSize), inode.Size);
        }
        else
        {
            ZeroPart(content, offset, (int)length, inode.Size);
        }

        Changed(inode);
        return LinuxError.OK;
    }

    private static void ZeroPart(FileContent content, long offset, int length, long size)
    {
        if (length == 0 || offset >= size)
            return;
        if (content.IsShared)
            Unshare(content, offset / PageSize);
        content.ZeroInPage(offset, length);
    }

    /// <summary>Makes a range read as zeros and allocates it (FALLOC_FL_ZERO_RANGE); tmpfs cannot.</summary>
    public LinuxError ZeroRange(BackingInode inode, long offset, long length)
    {
        if (Kind == SimulatedFileSystemKind.Tmpfs)
            return LinuxError.ENOTSUP;
        LinuxError error = PunchHole(inode, offset, length);
        return error == LinuxError.OK ? Allocate(inode, offset, length, keepSize: false) : error;
    }

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE.</summary>
    /// <returns>The offset, or ENXIO past the end and when no data follows.</returns>
    public LinuxError Seek(BackingInode inode, long offset, bool data, out long result)
    {
        result = 0;
        if (offset < 0 || offset >= inode.Size)
            return LinuxError.ENXIO;
        long page = inode.Content.Seek(offset / PageSize, data, ShowsUnwritten);
        if (page != FileContent.NoPage && page <= (inode.Size - 1) / PageSize)
        {
            result = Math.Max(offset, page * PageSize);
            return LinuxError.OK;
        }

        result = inode.Size;
        return data ? LinuxError.ENXIO : LinuxError.OK;
    }

    /// <summary>The ranges that hold data, as pairs of start and end; the last end is the size.</summary>
    public List<(long Start, long End)> DataRanges(BackingInode inode)
    {
        List<(long, long)> ranges = [];
        long at = 0;
        while (Seek(inode, at, data: true, out long start) == LinuxError.OK)
        {
            Seek(inode, start, data: false, out long end);
            ranges.Add((start, end));
            at = end;
        }

        return ranges;
    }

    /// <summary>Makes the data of one file that of another, blocks shared or not; sizes are not touched.</summary>
    /// <returns>How much found room.</returns>
    public long CopyRange(BackingInode source, BackingInode target, long start, long end)
    {
        FileContent from = source.Content;
        FileContent to = target.EditContent();
        Changed(target);
        if (to.CanAppendReal(from, start / PageSize))
            return CopyRealRange(from, target, to, start, end);
        for (long page = start / PageSize; page < PagesOf(end); page++)
        {
            if (to.GetPage(page) is null && !TakeBlocks(1))
                return Math.Max(0, (page * PageSize) - start);
            byte[]? data = from.GetPage(page);
            to.SetPage(page, data is null || data == FileContent.Unwritten ? FileContent.Zeros : data);
            target.Size = Math.Max(target.Size, end - (page * PageSize) > PageSize ? (page + 1) * PageSize : end);
        }

        return end - start;
    }

    /// <summary>The same for a file on disk: its pages stay there.</summary>
    private long CopyRealRange(FileContent from, BackingInode target, FileContent to, long start, long end)
    {
        long first = start / PageSize;
        long wanted = PagesOf(end) - first;
        long granted = Math.Min(wanted, _counters.FreeBlocks);
        AddFreeBlocks(-granted);
        if (granted > 0)
            to.AppendReal(from, first, first + granted);
        long copied = granted == wanted ? end - start : Math.Max(0, ((first + granted) * PageSize) - start);
        if (copied > 0)
            target.Size = Math.Max(target.Size, start + copied);
        return copied;
    }

    /// <summary>Shares all blocks of a file of the same file system (FICLONE).</summary>
    public void Clone(BackingInode source, BackingInode target)
    {
        Changed(target);
        FileContent content = source.Content.CloneWritten();
        content.IsShared = true;
        target.ReplaceContent(content);
        target.Size = source.Size;
    }

    /// <summary>copy_file_range(2): a file system that shares blocks shares the whole blocks of a range that starts on one.</summary>
    public LinuxError CopyFileRange(BackingInode source, long sourceOffset, BackingInode target, long targetOffset, long length, out long copied)
    {
        if (SharesBlocks && source.FileSystem == this && sourceOffset % PageSize == 0 && targetOffset % PageSize == 0)
        {
            bool reachesEnd = sourceOffset + length == source.Size && targetOffset + length >= target.Size;
            long shared = reachesEnd ? length : length - (length % PageSize);
            if (shared > 0)
            {
                SharePages(source, sourceOffset, target, targetOffset, shared);
                copied = shared;
                return LinuxError.OK;
            }
        }

        // One call of the kernel moves less than 2 GiB; here it goes in pieces, each read before it is written.
        const long Most = 0x7FFFF000, Piece = 1 << 20;
        copied = 0;
        LinuxError error = LinuxError.OK;
        for (length = Math.Min(length, Most); copied < length;)
        {
            byte[] bytes = Read(source, sourceOffset + copied, Math.Min(Piece, length - copied));
            error = Write(target, targetOffset + copied, bytes, out int written);
            copied += written;
            if (error != LinuxError.OK || written < bytes.Length)
                break;
        }

        return copied > 0 ? LinuxError.OK : error;
    }

    /// <summary>Reads memory that maps a file: whole pages up to the one that holds the end of the file.</summary>
    public static LinuxError ReadMapped(BackingInode inode, long offset, long length, out byte[] bytes)
    {
        bytes = [];
        if (length <= 0)
            return LinuxError.OK;
        long pages = PagesOf(inode.Size) - (offset / PageSize);
        if (pages <= 0)
            return LinuxError.EIO;
        long available = Math.Min(length, Math.Min(pages, int.MaxValue) * PageSize - (offset % PageSize));
        if (inode.FileSystem.Kind == SimulatedFileSystemKind.Tmpfs)
            available = inode.FileSystem.FillMappedHoles(inode, offset, available);
        if (available <= 0)
            return LinuxError.EIO;
        bytes = new byte[available];
        inode.Content.Read(offset, bytes);
        return LinuxError.OK;
    }

    /// <summary>A page fault in a hole of a tmpfs file allocates the page.</summary>
    private long FillMappedHoles(BackingInode inode, long offset, long length)
    {
        for (long page = offset / PageSize; page < PagesOf(offset + length); page++)
        {
            byte[]? there = inode.Content.GetPage(page);
            if (there is not null && there != FileContent.Unwritten)
                continue;
            if (there is null && !TakeBlocks(1))
                return (page * PageSize) - offset;
            inode.EditContent().SetPage(page, FileContent.Zeros);
        }

        return length;
    }

    private void SharePages(BackingInode source, long sourceOffset, BackingInode target, long targetOffset, long length)
    {
        FileContent from = source.Content.Clone();
        FileContent to = target.EditContent();
        long difference = (targetOffset - sourceOffset) / PageSize;
        for (long page = sourceOffset / PageSize; page < PagesOf(sourceOffset + length); page++)
        {
            if (from.GetPage(page) is { } data)
                to.SetPage(page + difference, data);
            else
                to.RemovePages(page + difference, page + difference + 1);
        }

        target.Size = Math.Max(target.Size, targetOffset + length);
        Changed(target);
    }

    /// <summary>A change of a shared page allocates the aligned cluster around it, holes before the end included.</summary>
    private static void Unshare(FileContent content, long page)
    {
        const int Cluster = 32;
        if (content.GetPage(page) is null)
            return;
        for (long at = page / Cluster * Cluster; at < page; at++)
        {
            if (content.GetPage(at) is null)
                content.SetPage(at, FileContent.Unwritten);
        }
    }

    /// <summary>The number of pages that hold this many bytes.</summary>
    private static long PagesOf(long bytes) => (bytes / PageSize) + (bytes % PageSize == 0 ? 0 : 1);

    private void Changed(BackingInode inode)
    {
        inode.ModificationTime = _clock.Now;
        inode.ChangeTime = _clock.Now;
    }

    private bool TakeBlocks(long count)
    {
        if (_counters.FreeBlocks < count)
            return false;
        AddFreeBlocks(-count);
        return true;
    }
}
