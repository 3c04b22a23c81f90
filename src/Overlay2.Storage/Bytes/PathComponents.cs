namespace Overlay2.Storage.Bytes;

/// <summary>Enumerates the components of a path, without separators and without empty components.</summary>
public ref struct PathComponents
{
    private const byte Separator = (byte)'/';

    private readonly ReadOnlySpan<byte> _path;
    private int _end;
    private int _start;

    /// <summary>Starts before the first component.</summary>
    /// <param name="path">The path, absolute or relative.</param>
    public PathComponents(ReadOnlySpan<byte> path) => _path = path;

    /// <summary>The current component.</summary>
    public readonly ReadOnlySpan<byte> Current => _path[_start.._end];

    /// <summary>The path up to and with the current component.</summary>
    public readonly ReadOnlySpan<byte> Through => _path[.._end];

    /// <summary>Goes to the next component.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool MoveNext()
    {
        int skip = _path[_end..].IndexOfAnyExcept(Separator);
        if (skip < 0)
        {
            _start = _end = _path.Length;
            return false;
        }

        _start = _end + skip;
        int length = _path[_start..].IndexOf(Separator);
        _end = length < 0 ? _path.Length : _start + length;
        return true;
    }

    /// <summary>This enumerator, for <c>foreach</c>.</summary>
    public readonly PathComponents GetEnumerator() => this;
}
