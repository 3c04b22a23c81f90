namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Pages of a simulated file whose bytes are those of a file on disk, as ranges: none of them is in memory.</summary>
internal sealed class RealPages
{
    /// <summary>Ranges of page numbers, first and end, in order, apart from each other.</summary>
    private readonly List<(long First, long End)> _ranges;

    public RealPages(IRealObject source, IEnumerable<(long First, long End)> ranges)
    {
        Source = source;
        _ranges = [.. ranges];
        Count = _ranges.Sum(static range => range.End - range.First);
    }

    public IRealObject Source { get; }

    /// <summary>The number of pages.</summary>
    public long Count { get; private set; }

    public RealPages Clone() => new(Source, _ranges);

    public bool Contains(long number)
    {
        int index = IndexOf(number);
        return index < _ranges.Count && _ranges[index].First <= number;
    }

    /// <summary>The first page at or after a number; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextData(long number)
    {
        int index = IndexOf(number);
        return index < _ranges.Count ? Math.Max(number, _ranges[index].First) : long.MaxValue;
    }

    /// <summary>The first number at or after a number that is not a page.</summary>
    public long NextHole(long number)
    {
        int index = IndexOf(number);
        return index < _ranges.Count && _ranges[index].First <= number ? _ranges[index].End : number;
    }

    /// <summary>Adds pages that are not there yet, behind all others.</summary>
    public void Append(long first, long end)
    {
        Count += end - first;
        if (_ranges.Count > 0 && _ranges[^1].End == first)
            _ranges[^1] = (_ranges[^1].First, end);
        else
            _ranges.Add((first, end));
    }

    /// <summary>The end of the last page.</summary>
    public long End => _ranges.Count == 0 ? 0 : _ranges[^1].End;

    /// <summary>Takes the pages from <paramref name="first"/> up to, not with, <paramref name="end"/> out.</summary>
    /// <returns>How many there were.</returns>
    public long Remove(long first, long end)
    {
        long removed = 0;
        for (int i = IndexOf(first); i < _ranges.Count && _ranges[i].First < end;)
        {
            (long start, long stop) = _ranges[i];
            removed += Math.Min(stop, end) - Math.Max(start, first);
            _ranges.RemoveAt(i);
            if (start < first)
                _ranges.Insert(i++, (start, first));
            if (stop > end)
                _ranges.Insert(i++, (end, stop));
        }

        Count -= removed;
        return removed;
    }

    /// <summary>The first range that ends behind a number.</summary>
    private int IndexOf(long number)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End <= number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
