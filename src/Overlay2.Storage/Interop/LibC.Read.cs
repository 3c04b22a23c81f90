using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>read(2); starts again after a signal.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="buffer">Where to read to.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryRead(SafeFileHandle file, Span<byte> buffer, out int count, out Errno error)
    {
        do
        {
            count = (int)read(file, buffer, buffer.Length);
            error = Errno.Of(count);
        }
        while (error == Errno.EINTR);

        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(SafeFileHandle file, Span<byte> buffer, nint count);
}
