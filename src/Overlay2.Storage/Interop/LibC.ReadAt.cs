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
        do
        {
            count = (int)pread(file, buffer, buffer.Length, offset);
            error = Errno.Of(count);
        }
        while (error == Errno.EINTR);

        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, Span<byte> buffer, nint count, long offset);
}
