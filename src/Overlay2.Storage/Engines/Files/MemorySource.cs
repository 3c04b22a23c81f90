using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

/// <summary>Bytes in memory.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : IByteSource
{
    public bool TryGetLength(out long length, out Errno error)
    {
        length = bytes.Length;
        error = default;
        return true;
    }

    public bool TryReadAt(long offset, Span<byte> buffer, out int count, out Errno error)
    {
        ReadOnlySpan<byte> rest = offset < 0 || offset >= bytes.Length ? default : bytes.Span[(int)offset..];
        count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        error = default;
        return true;
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
