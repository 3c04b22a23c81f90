using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>lseek(2) back to the first byte.</summary>
    public static bool TryRewind(SafeFileHandle file, out Errno error)
    {
        const int FromStart = 0;
        error = lseek(file, 0, FromStart) < 0 ? Errno.Last : default;
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
