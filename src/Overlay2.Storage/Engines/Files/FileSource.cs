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

    public bool TryReadAt(long offset, Span<byte> buffer, out int count, out Errno error)
    {
        count = 0;
        error = default;
        while (count < buffer.Length)
        {
            if (!LibC.TryReadAt(file, offset + count, buffer[count..], out int read, out error))
                return false;
            if (read == 0)
                break;
            count += read;
        }

        return true;
    }

    public void Dispose() => file.Dispose();
}
