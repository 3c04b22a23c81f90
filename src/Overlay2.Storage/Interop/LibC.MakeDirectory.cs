using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mkdirat(2) from the working directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(ReadOnlySpan<byte> path, uint mode)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return Errno.ENOENT;

        fixed (byte* bytes = name)
            return mkdirat(CurrentDirectory, bytes, mode) < 0 ? Errno.Last : default;
    }

    /// <summary>mkdirat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> path, uint mode)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return Errno.ENOENT;

        fixed (byte* bytes = name)
            return mkdirat(directory, bytes, mode) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle directory, byte* path, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mkdirat(int directory, byte* path, uint mode);
}
