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

    public FileContent()
    {
        _numbers = [];
        _pages = [];
    }

    private FileContent(long[] numbers, byte[][] pages, int count)
    {
        _numbers = numbers;
        _pages = pages;
        PageCount = count;
    }

    /// <summary>Whether pages are shared with another file on disk, so that a write allocates new ones.</summary>
    public bool IsShared { get; set; }

    /// <summary>The number of allocated pages.</summary>
    public int PageCount { get; private set; }

    public FileContent Clone() => new(_numbers.AsSpan(0, PageCount).ToArray(), _pages.AsSpan(0, PageCount).ToArray(), PageCount) { IsShared = IsShared };

    /// <summary>A copy without the pages that were never written.</summary>
    public FileContent CloneWritten()
    {
        var copy = new FileContent();
        for (int i = 0; i < PageCount; i++)
        {
            if (_pages[i] != Unwritten)
                copy.SetPage(_numbers[i], _pages[i]);
        }

        return copy;
    }

    public byte[]? GetPage(long number)
    {
        int index = Find(number);
        return index >= 0 ? _pages[index] : null;
    }

    public void SetPage(long number, byte[] page)
    {
        int index = Find(number);
        if (index >= 0)
        {
            _pages[index] = page;
            return;
        }

        index = ~index;
        if (PageCount == _numbers.Length)
        {
            int capacity = Math.Max(4, PageCount * 2);
            Array.Resize(ref _numbers, capacity);
            Array.Resize(ref _pages, capacity);
        }

        Array.Copy(_numbers, index, _numbers, index + 1, PageCount - index);
        Array.Copy(_pages, index, _pages, index + 1, PageCount - index);
        _numbers[index] = number;
        _pages[index] = page;
        PageCount++;
    }

    /// <summary>Frees the pages from <paramref name="first"/> up to, not with, <paramref name="end"/>.</summary>
    /// <returns>The number of pages freed.</returns>
    public int RemovePages(long first, long end)
    {
        int from = FirstAtOrAfter(first);
        int to = FirstAtOrAfter(end);
        if (to > from)
        {
            Array.Copy(_numbers, to, _numbers, from, PageCount - to);
            Array.Copy(_pages, to, _pages, from, PageCount - to);
            PageCount -= to - from;
        }

        return Math.Max(0, to - from);
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
            while (index < PageCount && !unwrittenIsData && _pages[index] == Unwritten)
                index++;
            return index < PageCount ? _numbers[index] : NoPage;
        }

        while (index < PageCount && _numbers[index] == number && (unwrittenIsData || _pages[index] != Unwritten))
        {
            index++;
            number++;
        }

        return number;
    }

    private int Find(long number) => Array.BinarySearch(_numbers, 0, PageCount, number);

    private int FirstAtOrAfter(long number)
    {
        int index = Find(number);
        return index >= 0 ? index : ~index;
    }
}
