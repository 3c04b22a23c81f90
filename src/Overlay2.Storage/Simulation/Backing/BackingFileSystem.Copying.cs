using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
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
}
