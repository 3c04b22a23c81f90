using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

/// <summary>An open file.</summary>
internal sealed class FileSource(SafeFileHandle file) : IByteSource
{
    public bool TryGetLength(out long length, out Errno error)
    {
        bool known = LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out error);
        length = (long)Math.Min(status.Size, long.MaxValue);
        return known;
    }

    public bool TryReadAt(long offset, Span<byte> buffer, out int count, out Errno error) => BoundedFile.TryReadAt(file, offset, buffer, out count, out error);

    public void Dispose() => file.Dispose();
}
