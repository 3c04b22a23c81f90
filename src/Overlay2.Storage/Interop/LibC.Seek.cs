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

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO where no more follows.</summary>
    /// <param name="file">A regular file opened for reading.</param>
    /// <param name="offset">Where to look from, in bytes.</param>
    /// <param name="data">Whether data or a hole is looked for.</param>
    /// <param name="result">Where it starts.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TrySeek(SafeFileHandle file, long offset, bool data, out long result, out Errno error)
    {
        const int ToData = 3;
        const int ToHole = 4;
        result = lseek(file, offset, data ? ToData : ToHole);
        error = result < 0 ? Errno.Last : default;
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
