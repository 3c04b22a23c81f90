using System.Buffers;

namespace Overlay2.Storage.Snapshots;

/// <summary>Hands what is written on to a stream piece by piece: a store that is one value to the serializer would be held whole otherwise.</summary>
internal sealed class StreamBuffer(Stream destination) : IBufferWriter<byte>
{
    private byte[] _buffer = new byte[1 << 16];
    private int _count;

    /// <summary>How much was handed on.</summary>
    public SnapshotSize Written { get; private set; }

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _count < Math.Max(sizeHint, 1))
        {
            Flush();
            if (_buffer.Length < sizeHint)
                _buffer = new byte[sizeHint];
        }

        return _buffer.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Flush()
    {
        destination.Write(_buffer, 0, _count);
        Written += SnapshotSize.Of(_buffer.AsSpan(0, _count));
        _count = 0;
    }
}
