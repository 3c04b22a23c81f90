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
        Changed(inode);
        while (written < bytes.Length)
        {
            long at = offset + written;
            int length = (int)Math.Min(PageSize - (at % PageSize), bytes.Length - written);
            if (content.PieceAt(at / PageSize, (at / PageSize) + 1).IsHole && !TakeBlocks(1))
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
            Changed(inode);

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
        long end = PagesOf(offset + length);
        foreach (PageRun piece in inode.Content.Pieces(offset / PageSize, end))
        {
            if (!piece.IsHole && !piece.IsUnwritten)
                continue;
            long granted = piece.IsHole ? TakeSomeBlocks(piece.Length) : piece.Length;
            inode.EditContent().Set(new PageRun(piece.First, piece.First + granted, FileContent.Zeros));
            if (granted < piece.Length)
                return ((piece.First + granted) * PageSize) - offset;
        }

        return length;
    }

    /// <summary>The number of pages that hold this many bytes.</summary>
    private static long PagesOf(long bytes) => (bytes / PageSize) + (bytes % PageSize == 0 ? 0 : 1);

    /// <summary>Notes a change of data, or of the entries of a directory.</summary>
    private void Changed(BackingInode inode)
    {
        inode.ModificationTime = _clock.Now;
        inode.ChangeTime = _clock.Now;
    }

    private bool TakeBlocks(long count)
    {
        if (_state.FreeBlocks < count)
            return false;
        AddFreeBlocks(-count);
        return true;
    }

    /// <summary>Takes as many blocks as there are, up to a number.</summary>
    private long TakeSomeBlocks(long count)
    {
        long granted = Math.Min(count, _state.FreeBlocks);
        AddFreeBlocks(-granted);
        return granted;
    }

    /// <summary>Takes blocks for the holes among pages.</summary>
    /// <returns>The number behind the last page that found room.</returns>
    private long TakeBlocksOfHoles(FileContent content, long first, long end)
    {
        foreach (PageRun piece in content.Pieces(first, end))
        {
            if (!piece.IsHole)
                continue;
            long granted = TakeSomeBlocks(piece.Length);
            if (granted < piece.Length)
                return piece.First + granted;
        }

        return end;
    }
}
