using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mount(2).</summary>
    /// <returns>No error, or the kernel's; EINVAL for an argument that holds a NUL.</returns>
    public static Errno Mount(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> type, MountFlags flags, ReadOnlySpan<byte> data) =>
        CString.HoldsNul(source) || CString.HoldsNul(target) || CString.HoldsNul(type) || CString.HoldsNul(data)
            ? Errno.EINVAL
            : ChangingCalls.Prevents("mount", out Errno prevented) ? prevented : Errno.Of(mount(source, target, type, (nuint)flags, data));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mount(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> source,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> type,
        nuint flags,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> data);
}
