using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsetxattr(2): makes or replaces an extended attribute.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno SetExtendedAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        using CString attribute = new(name, stackalloc byte[CString.StackLength]);
        if (attribute.HoldsNul)
            return Errno.EINVAL;
        fixed (byte* nameBytes = attribute, valueBytes = value)
            return fsetxattr(file, nameBytes, valueBytes, (nuint)value.Length, flags: 0) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsetxattr(SafeFileHandle file, byte* name, byte* value, nuint length, int flags);
}
