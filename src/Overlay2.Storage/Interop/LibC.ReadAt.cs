using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>pread(2); starts again after a signal.</summary>
    /// <param name="file">An open file that can seek.</param>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="buffer">Where to read to.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryReadAt(SafeFileHandle file, long offset, Span<byte> buffer, out int count, out Errno error)
    {
        fixed (byte* bytes = buffer)
        {
            nint result;
            do
            {
                result = pread(file, bytes, (nuint)buffer.Length, offset);
                error = result < 0 ? Errno.Last : default;
            }
            while (error == Errno.EINTR);

            count = (int)result;
            return result >= 0;
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, byte* buffer, nuint count, long offset);
}
