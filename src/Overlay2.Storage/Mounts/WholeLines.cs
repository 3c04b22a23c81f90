using System.Buffers;

namespace Overlay2.Storage.Mounts;

/// <summary>Cuts segments of a text into runs of whole lines: views of a segment, but for the line that reaches over its end,
/// which is put together in a buffer of its own.</summary>
/// <remarks>The only memory is that buffer, which never outgrows the longest allowed line by more than growing takes.</remarks>
internal sealed class WholeLines : IDisposable
{
    private const byte NewLine = (byte)'\n';
    private const int FirstBufferLength = 4096;

    private readonly int _maxLineLength;
    private byte[] _line = [];
    private int _lineLength;
    private bool _lineIsTaken;

    public WholeLines(int maxLineLength) => _maxLineLength = maxLineLength;

    /// <summary>Lines before the run that was taken last.</summary>
    public long LinesBefore { get; private set; }

    /// <summary>Bytes before the run that was taken last.</summary>
    public long BytesBefore { get; private set; }

    /// <summary>Takes the next run of lines, each with its newline. Call <see cref="Handled"/> before the next one.</summary>
    /// <param name="segment">The segment; becomes what is left of it.</param>
    /// <param name="lines">The lines; valid until the next call.</param>
    /// <returns><see langword="false"/> if the segment is used up.</returns>
    /// <exception cref="MountInfoFormatException">A line is too long.</exception>
    public bool TryTake(scoped ref ReadOnlyMemory<byte> segment, out ReadOnlyMemory<byte> lines)
    {
        lines = default;
        ForgetTaken();
        ReadOnlySpan<byte> span = segment.Span;
        if (_lineLength == 0)
        {
            int length = span.LastIndexOf(NewLine) + 1;
            if (length > _maxLineLength)
                length = LengthUpToTooLong(span[..length]);
            if (length > 0)
            {
                lines = segment[..length];
                segment = segment[length..];
                return true;
            }
        }

        int end = span.IndexOf(NewLine);
        Append(end < 0 ? span : span[..(end + 1)], content: end < 0 ? span.Length : end);
        segment = segment[(end < 0 ? span.Length : end + 1)..];
        if (end < 0)
            return false;

        lines = _line.AsMemory(0, _lineLength);
        _lineIsTaken = true;
        return true;
    }

    /// <summary>Takes the last line, which has no newline.</summary>
    /// <returns><see langword="false"/> if there is none.</returns>
    public bool TryTakeRest(out ReadOnlyMemory<byte> line)
    {
        ForgetTaken();
        line = _line.AsMemory(0, _lineLength);
        _lineIsTaken = true;
        return _lineLength > 0;
    }

    /// <summary>Counts the run that was taken last.</summary>
    public void Handled(int lines, int bytes)
    {
        LinesBefore += lines;
        BytesBefore += bytes;
    }

    public void Dispose()
    {
        if (_line.Length > 0)
            ArrayPool<byte>.Shared.Return(_line);
        _line = [];
        _lineLength = 0;
    }

    private void ForgetTaken()
    {
        if (_lineIsTaken)
            _lineLength = 0;
        _lineIsTaken = false;
    }

    private void Append(ReadOnlySpan<byte> bytes, int content)
    {
        if (content > _maxLineLength - _lineLength)
        {
            throw new MountInfoFormatException(new MountInfoError(
                LinesBefore + 1, BytesBefore + _maxLineLength, MountInfoField.SuperOptions, MountInfoErrorReason.LineTooLong));
        }

        int needed = _lineLength + bytes.Length;
        if (needed > _line.Length)
        {
            byte[] longer = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(FirstBufferLength, needed), (int)Math.Min(_line.Length * 2L, _maxLineLength + 1L)));
            _line.AsSpan(0, _lineLength).CopyTo(longer);
            if (_line.Length > 0)
                ArrayPool<byte>.Shared.Return(_line);
            _line = longer;
        }

        bytes.CopyTo(_line.AsSpan(_lineLength));
        _lineLength = needed;
    }

    /// <summary>How many bytes of whole lines lie before the first line that is too long.</summary>
    private int LengthUpToTooLong(ReadOnlySpan<byte> lines)
    {
        int start = 0;
        while (start < lines.Length)
        {
            int length = lines[start..].IndexOf(NewLine);
            if (length > _maxLineLength)
                return start;
            start += length + 1;
        }

        return start;
    }
}
