namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Pages of a file that follow each other and have one source: the same bytes for each, a file on disk, or nothing (a hole).</summary>
/// <param name="First">The number of the first page.</param>
/// <param name="End">The number behind the last page.</param>
/// <param name="Page">The bytes of each page; never changed in place.</param>
/// <param name="Source">The file on disk that holds the pages.</param>
/// <param name="Shift">What to add to a page number here for the one there.</param>
internal readonly record struct PageRun(long First, long End, byte[]? Page = null, ISourceObject? Source = null, long Shift = 0)
{
    public long Length => End - First;

    public bool IsHole => Page is null && Source is null;

    /// <summary>Whether the pages are allocated but were never written.</summary>
    public bool IsUnwritten => Page == FileContent.Unwritten;

    /// <summary>Whether the pages are known to read as zeros.</summary>
    public bool IsZero => IsHole || IsUnwritten || Page == FileContent.Zeros;

    /// <summary>Whether pages right behind these could be of the same run.</summary>
    public bool GoesOnIn(in PageRun next) => End == next.First && Page == next.Page && Source == next.Source && Shift == next.Shift;

    /// <summary>The part from one number up to, not with, another.</summary>
    public PageRun Cut(long first, long end) => this with { First = Math.Max(First, first), End = Math.Min(End, end) };

    /// <summary>The same pages for another place in a file.</summary>
    public PageRun Move(long distance) => this with { First = First + distance, End = End + distance, Shift = Source is null ? 0 : Shift - distance };

    /// <summary>The bytes of one of the pages; <see langword="null"/> in a hole.</summary>
    public byte[]? Read(long number)
    {
        if (Source is null)
            return Page;
        byte[] page = new byte[FileContent.PageSize];
        Source.Read((number + Shift) * FileContent.PageSize, page);
        return page;
    }
}
