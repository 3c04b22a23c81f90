using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>renameat(2) within one directory; what has the new name is replaced.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        CString.HoldsNul(from) || CString.HoldsNul(to) ? Errno.ENOENT : ChangingCalls.Prevents("renameat", out Errno prevented) ? prevented : Errno.Of(renameat(directory, from, directory, to));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int renameat(
        SafeFileHandle fromDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> from,
        SafeFileHandle toDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> to);
}
