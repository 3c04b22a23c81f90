using System.Buffers;

namespace Overlay2.Storage.Snapshots;

/// <summary>JSON as it is written, in pieces that stay where they are when more comes. Beyond a bound nothing is kept, and the size is counted on.</summary>
internal sealed class JsonPieces(int maxLength) : IBufferWriter<byte>
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private byte[] _last = new byte[1 << 16];
    private int _count;

    /// <summary>How much was written up to the last <see cref="EndPiece"/>.</summary>
    public SnapshotSize Size { get; private set; }

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _count < Math.Max(sizeHint, 1))
        {
            EndPiece();
            if (_last.Length < sizeHint)
                _last = new byte[sizeHint];
        }

        return _last.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Counts the last piece, and keeps it.</summary>
    public void EndPiece()
    {
        Size += SnapshotSize.Of(_last.AsSpan(0, _count));
        if (Size.Bytes <= maxLength)
        {
            _pieces.Add(_last.AsMemory(0, _count));
            _last = new byte[1 << 16];
        }
        else
        {
            _pieces.Clear();
        }

        _count = 0;
    }

    /// <summary>Writes everything, which must not be more than the bound.</summary>
    public void CopyTo(Stream destination)
    {
        foreach (ReadOnlyMemory<byte> piece in _pieces)
            destination.Write(piece.Span);
    }
}
