using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Hosts;

/// <summary>Things by their paths, to find those at or below a directory without looking at the others.</summary>
/// <typeparam name="T">What has a path.</typeparam>
internal sealed class PathIndex<T>
{
    private readonly (BytePath Path, int Place, T Item)[] _sorted;

    /// <param name="items">The things, in the order in which they are found.</param>
    /// <param name="path">The path of each.</param>
    public PathIndex(IReadOnlyList<T> items, Func<T, BytePath> path)
    {
        _sorted = [.. items.Select((item, place) => (HomeIndex.Plain(path(item)), place, item))];
        Array.Sort(_sorted, static (left, right) => Compare(left.Path, right.Path) is var order and not 0 ? order : left.Place.CompareTo(right.Place));
    }

    /// <summary>The things whose paths are one of some directories or below it, each once, in their order.</summary>
    public IEnumerable<T> Below(params IEnumerable<BytePath> directories) =>
        directories.SelectMany(directory => Range(directory)).DistinctBy(found => found.Place).OrderBy(found => found.Place).Select(found => found.Item);

    private ArraySegment<(BytePath Path, int Place, T Item)> Range(BytePath directory)
    {
        directory = HomeIndex.Plain(directory);
        int first = 0;
        for (int end = _sorted.Length; first < end;)
        {
            int middle = (int)((uint)(first + end) / 2);
            if (Compare(_sorted[middle].Path, directory) < 0)
                first = middle + 1;
            else
                end = middle;
        }

        int last = first;
        while (last < _sorted.Length && _sorted[last].Path.StartsWith(directory))
            last++;
        return new ArraySegment<(BytePath, int, T)>(_sorted, first, last - first);
    }

    /// <summary>By components, so that what is below a directory comes right behind it: a slash is before every other character.</summary>
    private static int Compare(BytePath left, BytePath right)
    {
        if (left.IsAbsolute != right.IsAbsolute)
            return left.IsAbsolute ? 1 : -1;
        ReadOnlySpan<byte> one = left.Span;
        ReadOnlySpan<byte> other = right.Span;
        int same = one.CommonPrefixLength(other);
        if (same == one.Length || same == other.Length)
            return one.Length - other.Length;
        return one[same] == (byte)'/' ? -1 : other[same] == (byte)'/' ? 1 : one[same] - other[same];
    }
}
