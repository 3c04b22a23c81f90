using System.Buffers;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>Bytes with a terminating NUL, for one native call: <c>using CString path = new(bytes, stackalloc byte[CString.StackLength]);</c></summary>
/// <remarks>Use with <c>fixed</c>; not to be copied.</remarks>
internal ref struct CString
{
    /// <summary>Room on the stack that is enough for most paths; longer ones rent a buffer.</summary>
    public const int StackLength = 512;

    private readonly Span<byte> _bytes;
    private byte[]? _rented;

    public CString(ReadOnlySpan<byte> bytes, Span<byte> buffer)
    {
        if (bytes.Length >= buffer.Length)
            buffer = _rented = ArrayPool<byte>.Shared.Rent(bytes.Length + 1);
        bytes.CopyTo(buffer);
        buffer[bytes.Length] = 0;
        _bytes = buffer[..(bytes.Length + 1)];
        HoldsNul = bytes.Contains((byte)0);
    }

    /// <summary>Whether the bytes themselves hold a NUL, so that the kernel would see less than was meant.</summary>
    public bool HoldsNul { get; }

    public readonly ref byte GetPinnableReference() => ref MemoryMarshal.GetReference(_bytes);

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
    }
}
