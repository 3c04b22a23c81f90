using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>write(2), until all bytes are written; starts again after a signal.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            int written = -1;
            if (!ChangingCalls.Prevents("write", out Errno error))
            {
                written = (int)write(file, content, content.Length);
                error = Errno.Of(written);
            }

            if (error == Errno.EINTR)
                continue;
            if (error.IsError)
                return error;
            content = content[written..];
        }

        return default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);
}
