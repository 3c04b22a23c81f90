using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

/// <summary>Bytes that can be read at any offset: an open file, or memory.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>How many bytes there are now.</summary>
    bool TryGetLength(out long length, out Errno error);

    /// <summary>Fills the buffer as far as there are bytes.</summary>
    bool TryReadAt(long offset, Span<byte> buffer, out int count, out Errno error);
}
