using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>statx(2) of a path.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryStatx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status, out Errno error)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
        {
            status = default;
            error = Errno.ENOENT;
            return false;
        }

        fixed (byte* bytes = name)
        fixed (FileStatus* result = &status)
            error = statx(directory, bytes, flags, mask, result) < 0 ? Errno.Last : default;
        return !error.IsError;
    }

    /// <summary>statx(2) of an open file.</summary>
    public static bool TryStatx(SafeFileHandle file, uint mask, out FileStatus status, out Errno error) =>
        TryStatxAt(file, default, AtFlags.EmptyPath, mask, out status, out error);

    /// <summary>statx(2) of a path from an open directory.</summary>
    public static bool TryStatxAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status, out Errno error)
    {
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            return TryStatx((int)directory.DangerousGetHandle(), path, flags, mask, out status, out error);
        }
        finally
        {
            if (added)
                directory.DangerousRelease();
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int statx(int directory, byte* path, int flags, uint mask, FileStatus* status);
}
