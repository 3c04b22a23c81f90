namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The data of a regular file as pages of 4096 bytes: a page that is not there is a hole.</summary>
/// <remarks>
/// Pages are never changed in place, so files share them: a copy of a file costs its page table. <see cref="Unwritten"/> stands
/// for space that was allocated but never written. Size is kept by the inode; bytes past the size inside the last page are zero.
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

    private long[] _numbers;
    private byte[][] _pages;
    private int _count;

    /// <summary>Pages that are still on disk; none of them is among the others.</summary>
    private RealPages? _real;

    public FileContent()
    {
        _numbers = [];
        _pages = [];
    }

    private FileContent(long[] numbers, byte[][] pages, int count)
    {
        _numbers = numbers;
        _pages = pages;
        _count = count;
    }

    /// <summary>The data of a file on disk.</summary>
    public static FileContent Of(IRealObject real) => new() { _real = new RealPages(real, real.ReadPageRanges()) };

    /// <summary>Whether pages are shared with another file on disk, so that a write allocates new ones.</summary>
    public bool IsShared { get; set; }

    /// <summary>The number of allocated pages.</summary>
    public long PageCount => _count + (_real?.Count ?? 0);

    public FileContent Clone() => new(_numbers.AsSpan(0, _count).ToArray(), _pages.AsSpan(0, _count).ToArray(), _count) { IsShared = IsShared, _real = _real?.Clone() };

    /// <summary>A copy without the pages that were never written.</summary>
    public FileContent CloneWritten()
    {
        var copy = new FileContent { _real = _real?.Clone() };
        for (int i = 0; i < _count; i++)
        {
            if (_pages[i] != Unwritten)
                copy.SetPage(_numbers[i], _pages[i]);
        }

        return copy;
    }

    public byte[]? GetPage(long number)
    {
        int index = Find(number);
        if (index >= 0)
            return _pages[index];
        if (_real is null || !_real.Contains(number))
            return null;
        byte[] page = new byte[PageSize];
        _real.Source.ReadPage(number, page);
        return page;
    }

    /// <summary>Makes pages those of another file that is wholly on disk, without reading them; see <see cref="CanAppendReal"/>.</summary>
    public void AppendReal(FileContent source, long first, long end) => (_real ??= new RealPages(source._real!.Source, [])).Append(first, end);

    /// <summary>Whether the pages from a number on can be those of another file on disk.</summary>
    public bool CanAppendReal(FileContent source, long first) =>
        source._real is { } real && source._count == 0 && _count == 0 && (_real is null || (_real.Source == real.Source && _real.End <= first));

    public void SetPage(long number, byte[] page)
    {
        int index = Find(number);
        if (index >= 0)
        {
            _pages[index] = page;
            return;
        }

        _real?.Remove(number, number + 1);
        index = ~index;
        if (_count == _numbers.Length)
        {
            int capacity = Math.Max(4, _count * 2);
            Array.Resize(ref _numbers, capacity);
            Array.Resize(ref _pages, capacity);
        }

        Array.Copy(_numbers, index, _numbers, index + 1, _count - index);
        Array.Copy(_pages, index, _pages, index + 1, _count - index);
        _numbers[index] = number;
        _pages[index] = page;
        _count++;
    }

    /// <summary>Frees the pages from <paramref name="first"/> up to, not with, <paramref name="end"/>.</summary>
    /// <returns>The number of pages freed.</returns>
    public long RemovePages(long first, long end)
    {
        long real = _real?.Remove(first, end) ?? 0;
        int from = FirstAtOrAfter(first);
        int to = FirstAtOrAfter(end);
        if (to > from)
        {
            Array.Copy(_numbers, to, _numbers, from, _count - to);
            Array.Copy(_pages, to, _pages, from, _count - to);
            _count -= to - from;
        }

        return real + Math.Max(0, to - from);
    }

    /// <summary>Fills the span with the bytes from <paramref name="offset"/>; holes read as zeros.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int inPage = (int)(offset % PageSize);
            int length = Math.Min(PageSize - inPage, destination.Length);
            byte[]? page = GetPage(offset / PageSize);
            if (page is null)
                destination[..length].Clear();
            else
                page.AsSpan(inPage, length).CopyTo(destination);
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
        if (length <= 0 || GetPage(number) is not { } page || page == Unwritten)
            return;
        page = page.AsSpan().ToArray();
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
        int index = FirstAtOrAfter(number);
        if (data)
        {
            while (index < _count && !unwrittenIsData && _pages[index] == Unwritten)
                index++;
            long next = Math.Min(index < _count ? _numbers[index] : long.MaxValue, _real?.NextData(number) ?? long.MaxValue);
            return next == long.MaxValue ? NoPage : next;
        }

        while (true)
        {
            long start = number;
            while (index < _count && _numbers[index] == number && (unwrittenIsData || _pages[index] != Unwritten))
            {
                index++;
                number++;
            }

            number = _real?.NextHole(number) ?? number;
            if (number == start)
                return number;
        }
    }

    private int Find(long number) => Array.BinarySearch(_numbers, 0, _count, number);

    private int FirstAtOrAfter(long number)
    {
        int index = Find(number);
        return index >= 0 ? index : ~index;
    }
}
