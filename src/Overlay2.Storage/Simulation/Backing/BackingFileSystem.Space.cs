using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
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
        List<PageRun> taken = [];
        foreach (PageRun piece in content.Pieces(first, end))
        {
            if (piece.IsHole)
            {
                if (!TakeBlocks(piece.Length))
                {
                    foreach (PageRun undo in taken)
                        AddFreeBlocks(content.RemovePages(undo.First, undo.End));
                    return LinuxError.ENOSPC;
                }

                content.Set(piece with { Page = FileContent.Unwritten });
                taken.Add(piece);
            }
            else if (piece.IsUnwritten && Kind == SimulatedFileSystemKind.Tmpfs)
            {
                // tmpfs takes a page that is allocated a second time for one in use.
                content.Set(piece with { Page = FileContent.Zeros });
            }
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
}
