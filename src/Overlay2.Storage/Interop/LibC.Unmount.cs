using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>umount2(2).</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno Unmount(ReadOnlySpan<byte> target, UnmountFlags flags) => CString.HoldsNul(target) ? Errno.ENOENT : ChangingCalls.Prevents("umount2", out Errno prevented) ? prevented : Errno.Of(umount2(target, (int)flags));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int umount2([MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target, int flags);
}
