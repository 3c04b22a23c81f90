using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>renameat(2) within one directory; what has the new name is replaced.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        using CString oldName = new(from, stackalloc byte[CString.StackLength]);
        using CString newName = new(to, stackalloc byte[CString.StackLength]);
        if (oldName.HoldsNul || newName.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* oldBytes = oldName, newBytes = newName)
            return renameat(directory, oldBytes, directory, newBytes) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int renameat(SafeFileHandle fromDirectory, byte* from, SafeFileHandle toDirectory, byte* to);
}
