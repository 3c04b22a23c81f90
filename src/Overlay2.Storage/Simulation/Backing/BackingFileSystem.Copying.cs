using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
    /// <summary>A file without data: never changed.</summary>
    private static readonly FileContent s_nothing = new();

    /// <summary>Makes the data of one file that of another, blocks shared or not; sizes are not touched.</summary>
    /// <returns>How much found room.</returns>
    public long CopyRange(BackingInode source, BackingInode target, long start, long end)
    {
        long first = start / PageSize;
        long wanted = PagesOf(end);
        long reached = WritePages(source.Content, first, target, first, wanted);
        long copied = reached == wanted ? end - start : Math.Max(0, (reached * PageSize) - start);
        if (copied > 0)
            target.Size = Math.Max(target.Size, start + copied);
        return copied;
    }

    /// <summary>Writes whole pages with what is in another file, as far as there is room; what is no data there becomes zeros.</summary>
    /// <param name="from">Where the pages come from.</param>
    /// <param name="source">The number of the first one there.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="first">The number of the first one here.</param>
    /// <param name="end">The number behind the last one here.</param>
    /// <returns>The number behind the last page that found room.</returns>
    private long WritePages(FileContent from, long source, BackingInode target, long first, long end)
    {
        FileContent to = target.EditContent();
        Changed(target);
        end = TakeBlocksOfHoles(to, first, end);
        if (to.IsShared)
        {
            foreach (PageRun piece in to.Pieces(first, end))
                Unshare(to, piece.First);
        }

        long distance = first - source;
        foreach (PageRun there in from.Pieces(source, end - distance))
        {
            PageRun piece = there.Move(distance);
            to.Set(piece.IsZero ? new PageRun(piece.First, piece.End, FileContent.Zeros) : piece);
        }

        return end;
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

        copied = 0;
        if (targetOffset >= MaximumFileSize)
            return LinuxError.EFBIG;

        // One call of the kernel moves less than 2 GiB.
        const long Most = 0x7FFFF000;
        length = Math.Min(Math.Min(length, Most), MaximumFileSize - targetOffset);
        LinuxError error = LinuxError.OK;
        while (copied < length && error == LinuxError.OK)
            error = CopyPiece(source, sourceOffset + copied, target, targetOffset + copied, length - copied, ref copied);
        return copied > 0 ? LinuxError.OK : error;
    }

    /// <summary>Copies the next bytes of a range: whole pages where pages lie alike in both files or there is no data, else up to where one ends.</summary>
    private LinuxError CopyPiece(BackingInode source, long sourceOffset, BackingInode target, long targetOffset, long length, ref long copied)
    {
        long from = sourceOffset / PageSize, to = targetOffset / PageSize;
        int inSource = (int)(sourceOffset % PageSize), inTarget = (int)(targetOffset % PageSize);
        PageRun piece = source.Content.PieceAt(from, PagesOf(sourceOffset + length));
        bool isAlike = inSource == inTarget;
        if (!isAlike)
            length = Math.Min(length, ((piece.IsZero ? piece.Length : 1) * PageSize) - inSource);
        if (inTarget == 0 && length >= PageSize && (isAlike || piece.IsZero))
        {
            long wanted = length / PageSize;
            long written = WritePages(isAlike ? source.Content : s_nothing, from, target, to, to + wanted) - to;
            if (written > 0)
                target.Size = Math.Max(target.Size, targetOffset + (written * PageSize));
            copied += written * PageSize;
            return written < wanted ? LinuxError.ENOSPC : LinuxError.OK;
        }

        length = Math.Min(length, PageSize - inTarget);
        LinuxError error = Write(target, targetOffset, Read(source, sourceOffset, length), out int some);
        copied += some;
        return error;
    }

    private void SharePages(BackingInode source, long sourceOffset, BackingInode target, long targetOffset, long length)
    {
        FileContent from = source.Content.Clone();
        FileContent to = target.EditContent();
        long difference = (targetOffset - sourceOffset) / PageSize;
        long end = PagesOf(sourceOffset + length);
        foreach (PageRun piece in from.Pieces(sourceOffset / PageSize, end))
        {
            if (piece.IsHole)
                to.RemovePages(piece.First + difference, piece.End + difference);
            else
                to.Set(piece.Move(difference));
        }

        target.Size = Math.Max(target.Size, targetOffset + length);
        Changed(target);
    }

    /// <summary>A change of a shared page allocates the aligned cluster around it, holes before the end included.</summary>
    private static void Unshare(FileContent content, long page)
    {
        const int Cluster = 32;
        if (content.PieceAt(page, page + 1).IsHole)
            return;
        foreach (PageRun piece in content.Pieces(page / Cluster * Cluster, page))
        {
            if (piece.IsHole)
                content.Set(piece with { Page = FileContent.Unwritten });
        }
    }
}
