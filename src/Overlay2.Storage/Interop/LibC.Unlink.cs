using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>unlinkat(2) of a file.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Unlink(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* bytes = name)
            return unlinkat(directory, bytes, flags: 0) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle directory, byte* path, int flags);
}
