using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>readlinkat(2) in an open directory, with a buffer that grows until the whole target fits; the empty path means the open file
    /// itself, which then is a link.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryReadLink(SafeFileHandle directory, ReadOnlySpan<byte> path, out byte[] target, out Errno error)
    {
        const int FirstLength = 256;
        const int LongestLength = 1 << 16;
        target = [];
        error = Errno.ENOENT;
        if (CString.HoldsNul(path))
            return false;

        for (Span<byte> buffer = stackalloc byte[FirstLength]; buffer.Length <= LongestLength; buffer = new byte[buffer.Length * 2])
        {
            int written = (int)readlinkat(directory, path, buffer, buffer.Length);
            error = Errno.Of(written);
            if (error.IsError)
                return false;
            if (written < buffer.Length)
            {
                target = buffer[..written].ToArray();
                return true;
            }
        }

        error = Errno.ENAMETOOLONG;
        return false;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint readlinkat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, Span<byte> buffer, nint length);
}
