namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The data of a regular file as runs of pages of 4096 bytes: a page that is not there is a hole.</summary>
/// <remarks>
/// Pages are never changed in place, so files share them: a copy of a file costs its table of runs. Space of one kind (never written,
/// zeros, still on disk) is one run however long it is, so what a call costs depends on the runs it meets and not on the bytes.
/// Size is kept by the inode; bytes past the size inside the last page are zero.
/// </remarks>
internal sealed class FileContent
{
    public const int PageSize = 4096;

    /// <summary>No page number.</summary>
    public const long NoPage = -1;

    /// <summary>A page that is allocated and reads as zeros because nothing was written yet.</summary>
    public static readonly byte[] Unwritten = new byte[PageSize];

    /// <summary>A page of written zeros.</summary>
    public static readonly byte[] Zeros = new byte[PageSize];

    /// <summary>The runs in order, none of them a hole; two that belong together are one.</summary>
    private PageRun[] _runs;
    private int _count;

    public FileContent()
    {
        _runs = [];
    }

    private FileContent(ReadOnlySpan<PageRun> runs)
    {
        _runs = runs.ToArray();
        _count = runs.Length;
    }

    /// <summary>The data of a file on disk; none of it is read.</summary>
    public static FileContent Of(ISourceObject source)
    {
        List<PageRun> runs = [];
        long end = 0;
        foreach (LayerRange range in source.ReadDataRanges())
        {
            // Two ranges may meet in one page.
            long first = Math.Max(end, range.Start / PageSize);
            end = (range.End + PageSize - 1) / PageSize;
            if (end > first)
                runs.Add(new PageRun(first, end, Source: source));
        }

        return new FileContent([.. runs]) { PageCount = runs.Sum(static run => run.Length) };
    }

    /// <summary>Whether pages are shared with another file on disk, so that a write allocates new ones.</summary>
    public bool IsShared { get; set; }

    /// <summary>The number of allocated pages.</summary>
    public long PageCount { get; private set; }

    private ReadOnlySpan<PageRun> Runs => _runs.AsSpan(0, _count);

    public FileContent Clone() => new(Runs) { IsShared = IsShared, PageCount = PageCount };

    /// <summary>A copy without the pages that were never written.</summary>
    public FileContent CloneWritten()
    {
        PageRun[] runs = [.. _runs.Take(_count).Where(static run => !run.IsUnwritten)];
        return new FileContent(runs) { PageCount = runs.Sum(static run => run.Length) };
    }

    public byte[]? GetPage(long number) => PieceAt(number, number + 1).Read(number);

    /// <summary>What is at a page, and as far as it goes: part of a run or of a hole.</summary>
    /// <param name="number">The page.</param>
    /// <param name="end">Where the answer ends at the latest.</param>
    public PageRun PieceAt(long number, long end)
    {
        int index = IndexOf(number);
        if (index == _count)
            return new PageRun(number, end);
        PageRun run = _runs[index];
        return run.First <= number ? run.Cut(number, end) : new PageRun(number, Math.Min(run.First, end));
    }

    /// <summary>What is at pages, piece by piece: parts of runs and of holes. The piece that is looked at, and what is before it, may be changed meanwhile.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="end">The number behind the last page.</param>
    public PagePieces Pieces(long first, long end) => new(this, first, end);

    /// <summary>Whether what is at a page is known to read as zeros, and how far this stays so.</summary>
    /// <param name="number">The page.</param>
    /// <param name="limit">Where the answer ends at the latest.</param>
    /// <param name="end">The number behind the last page of which the same holds.</param>
    public bool IsZero(long number, long limit, out long end)
    {
        PageRun piece = PieceAt(number, limit);
        bool isZero = piece.IsZero;
        for (end = piece.End; end < limit; end = piece.End)
        {
            piece = PieceAt(end, limit);
            if (piece.IsZero != isZero)
                break;
        }

        return isZero;
    }

    public void SetPage(long number, byte[] page) => Set(new PageRun(number, number + 1, page));

    /// <summary>Puts pages in the place of what is there.</summary>
    public void Set(PageRun run)
    {
        long replaced = Replace(run);
        PageCount += run.Length - replaced;
    }

    /// <summary>Frees the pages from <paramref name="first"/> up to, not with, <paramref name="end"/>.</summary>
    /// <returns>The number of pages freed.</returns>
    public long RemovePages(long first, long end)
    {
        long removed = Replace(new PageRun(first, end));
        PageCount -= removed;
        return removed;
    }

    /// <summary>Fills the span with the bytes from <paramref name="offset"/>; holes read as zeros.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int inPage = (int)(offset % PageSize);
            long number = offset / PageSize;
            PageRun piece = PieceAt(number, number + 1 + (destination.Length / PageSize));
            int length = (int)Math.Min((piece.IsZero ? piece.Length * PageSize : PageSize) - inPage, destination.Length);
            if (piece.IsZero)
                destination[..length].Clear();
            else
                piece.Read(number).AsSpan(inPage, length).CopyTo(destination);
            destination = destination[length..];
            offset += length;
        }
    }

    /// <summary>Writes bytes that lie in one page.</summary>
    public void WriteInPage(long offset, ReadOnlySpan<byte> bytes)
    {
        long number = offset / PageSize;
        if (bytes.Length == PageSize && !bytes.ContainsAnyExcept((byte)0))
        {
            SetPage(number, Zeros);
            return;
        }

        byte[] page = new byte[PageSize];
        if (bytes.Length < PageSize)
            GetPage(number)?.CopyTo(page, 0);
        bytes.CopyTo(page.AsSpan((int)(offset % PageSize)));
        SetPage(number, page);
    }

    /// <summary>Sets bytes of one page to zero if the page is there.</summary>
    public void ZeroInPage(long offset, int length)
    {
        long number = offset / PageSize;
        if (length <= 0 || PieceAt(number, number + 1) is not { IsZero: false } piece)
            return;
        byte[] page = piece.Read(number).AsSpan().ToArray();
        page.AsSpan((int)(offset % PageSize), length).Clear();
        SetPage(number, page);
    }

    /// <summary>The first page number at or after <paramref name="number"/> that holds data (or does not).</summary>
    /// <param name="number">Where to start.</param>
    /// <param name="data">Whether data or a hole is wanted.</param>
    /// <param name="unwrittenIsData">Whether the file system shows unwritten space as data.</param>
    /// <returns>The page number, or <see cref="NoPage"/> when no data follows.</returns>
    public long Seek(long number, bool data, bool unwrittenIsData)
    {
        for (int i = IndexOf(number); i < _count; i++)
        {
            PageRun run = _runs[i];
            bool isData = unwrittenIsData || !run.IsUnwritten;
            if (data && isData)
                return Math.Max(number, run.First);
            if (!data && (!isData || run.First > number))
                return number;
            number = Math.Max(number, run.End);
        }

        return data ? NoPage : number;
    }

    /// <summary>Puts a run, or a hole, in the place of what is there.</summary>
    /// <returns>How many pages were there.</returns>
    private long Replace(PageRun run)
    {
        if (run.Length <= 0)
            return 0;
        (long first, long end) = (run.First, run.End);
        long replaced = 0;
        int from = IndexOf(first);
        int to = from;
        for (; to < _count && _runs[to].First < end; to++)
            replaced += _runs[to].Cut(first, end).Length;

        // What stays of the runs at both ends, or what the new one touches there.
        if (from > 0 && _runs[from - 1].End == first)
            from--;
        if (to < _count && _runs[to].First == end)
            to++;
        PageRun before = from < to && _runs[from].First < first ? _runs[from].Cut(0, first) : default;
        PageRun after = from < to && _runs[to - 1].End > end ? _runs[to - 1].Cut(end, long.MaxValue) : default;
        if (!run.IsHole && !before.IsHole && before.GoesOnIn(run))
            (run, before) = (run with { First = before.First }, default);
        if (!run.IsHole && !after.IsHole && run.GoesOnIn(after))
            (run, after) = (run with { End = after.End }, default);
        int at = MakeRoom(from, to, (before.IsHole ? 0 : 1) + (run.IsHole ? 0 : 1) + (after.IsHole ? 0 : 1));
        foreach (PageRun part in (ReadOnlySpan<PageRun>)[before, run, after])
        {
            if (!part.IsHole)
                _runs[at++] = part;
        }

        return replaced;
    }

    /// <summary>Makes the runs from one index up to, not with, another so many as are needed.</summary>
    private int MakeRoom(int from, int to, int needed)
    {
        int count = _count + needed - (to - from);
        PageRun[] runs = count <= _runs.Length ? _runs : new PageRun[Math.Max(4, 2 * count)];
        if (runs != _runs)
            Array.Copy(_runs, runs, from);
        Array.Copy(_runs, to, runs, from + needed, _count - to);
        if (count < _count)
            Array.Clear(runs, count, _count - count);
        (_runs, _count) = (runs, count);
        return from;
    }

    /// <summary>The first run that ends behind a number.</summary>
    private int IndexOf(long number)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs[middle].End <= number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
