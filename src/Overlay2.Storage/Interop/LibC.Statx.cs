using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>statx(2) of a path from an open directory.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryStatx(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status, out Errno error)
    {
        status = default;
        error = CString.HoldsNul(path) ? Errno.ENOENT : Errno.Of(statx(directory, path, flags, mask, out status));
        return !error.IsError;
    }

    /// <summary>statx(2) of an open file.</summary>
    public static bool TryStatx(SafeFileHandle file, uint mask, out FileStatus status, out Errno error) =>
        TryStatx(file, default, AtFlags.EmptyPath, mask, out status, out error);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int statx(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status);
}
