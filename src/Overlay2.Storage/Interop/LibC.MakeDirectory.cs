using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mkdirat(2) from the working directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(ReadOnlySpan<byte> path, uint mode) => MakeDirectory(CurrentDirectory, path, mode);

    /// <summary>mkdirat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> path, uint mode) =>
        CString.HoldsNul(path) ? Errno.ENOENT : ChangingCalls.Prevents("mkdirat", out Errno prevented) ? prevented : Errno.Of(mkdirat(directory, path, mode));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, uint mode);
}
