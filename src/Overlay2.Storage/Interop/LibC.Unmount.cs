using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>umount2(2).</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno Unmount(ReadOnlySpan<byte> target, UnmountFlags flags)
    {
        using CString name = new(target, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return Errno.ENOENT;

        fixed (byte* bytes = name)
            return umount2(bytes, (int)flags) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int umount2(byte* target, int flags);
}
