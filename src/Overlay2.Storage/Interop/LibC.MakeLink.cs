using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>symlinkat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno MakeLink(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        CString.HoldsNul(name) || CString.HoldsNul(target) ? Errno.ENOENT : ChangingCalls.Prevents("symlinkat", out Errno prevented) ? prevented : Errno.Of(symlinkat(target, directory, name));

    /// <summary>fchownat(2) of a link itself.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeLinkOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint user, uint group) =>
        CString.HoldsNul(name) ? Errno.ENOENT : ChangingCalls.Prevents("fchownat", out Errno prevented) ? prevented : Errno.Of(fchownat(directory, name, user, group, AtFlags.NoFollow));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int symlinkat(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchownat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, uint user, uint group, int flags);
}
