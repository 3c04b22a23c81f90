using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsetxattr(2): makes or replaces an extended attribute.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno SetExtendedAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        CString.HoldsNul(name) ? Errno.EINVAL : ChangingCalls.Prevents("fsetxattr", out Errno prevented) ? prevented : Errno.Of(fsetxattr(file, name, value, value.Length, flags: 0));

    /// <summary>lsetxattr(2), from the working directory.</summary>
    public static Errno SetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        CString.HoldsNul(path) || CString.HoldsNul(name) ? Errno.ENOENT : ChangingCalls.Prevents("lsetxattr", out Errno prevented) ? prevented : Errno.Of(lsetxattr(path, name, value, value.Length, flags: 0));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsetxattr(SafeFileHandle file, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int lsetxattr(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint length, int flags);
}
