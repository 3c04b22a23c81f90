using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>readlinkat(2), with a buffer that grows until the whole target fits.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryReadLink(int directory, ReadOnlySpan<byte> path, out byte[] target, out Errno error)
    {
        const int FirstLength = 256;
        const int LongestLength = 1 << 16;
        target = [];
        error = Errno.ENOENT;
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return false;

        for (Span<byte> buffer = stackalloc byte[FirstLength]; buffer.Length <= LongestLength; buffer = new byte[buffer.Length * 2])
        {
            nint written;
            fixed (byte* bytes = name, result = buffer)
                written = readlinkat(directory, bytes, result, (nuint)buffer.Length);
            if (written < 0)
            {
                error = Errno.Last;
                return false;
            }

            if (written < buffer.Length)
            {
                target = buffer[..(int)written].ToArray();
                error = default;
                return true;
            }
        }

        error = Errno.ENAMETOOLONG;
        return false;
    }

    /// <summary>readlinkat(2) in an open directory; the empty path means the open file itself, which then is a link.</summary>
    public static bool TryReadLink(SafeFileHandle directory, ReadOnlySpan<byte> path, out byte[] target, out Errno error)
    {
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            return TryReadLink((int)directory.DangerousGetHandle(), path, out target, out error);
        }
        finally
        {
            if (added)
                directory.DangerousRelease();
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint length);
}
