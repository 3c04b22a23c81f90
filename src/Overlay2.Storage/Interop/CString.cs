using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Overlay2.Storage.Interop;

/// <summary>Bytes with a terminating NUL, for one native call: <c>[MarshalUsing(typeof(CString))] ReadOnlySpan&lt;byte&gt; path</c>.</summary>
/// <remarks>The caller refuses bytes that hold a NUL (<see cref="HoldsNul"/>).</remarks>
[CustomMarshaller(typeof(ReadOnlySpan<byte>), MarshalMode.ManagedToUnmanagedIn, typeof(CString))]
internal unsafe ref struct CString
{
    private Span<byte> _bytes;
    private byte[]? _rented;

    /// <summary>Room on the stack that is enough for most paths; longer ones rent a buffer.</summary>
    public static int BufferSize => 512;

    /// <summary>Whether bytes hold a NUL themselves, so that the kernel would see less than was meant.</summary>
    public static bool HoldsNul(ReadOnlySpan<byte> bytes) => bytes.Contains((byte)0);

    public void FromManaged(ReadOnlySpan<byte> bytes, Span<byte> buffer)
    {
        if (bytes.Length >= buffer.Length)
            buffer = _rented = ArrayPool<byte>.Shared.Rent(bytes.Length + 1);
        bytes.CopyTo(buffer);
        buffer[bytes.Length] = 0;
        _bytes = buffer;
    }

    public readonly ref byte GetPinnableReference() => ref MemoryMarshal.GetReference(_bytes);

    /// <summary>The bytes, which are pinned by now.</summary>
    public readonly byte* ToUnmanaged() => (byte*)Unsafe.AsPointer(ref GetPinnableReference());

    public readonly void Free()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
