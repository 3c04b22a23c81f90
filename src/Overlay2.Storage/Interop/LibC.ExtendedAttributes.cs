using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>flistxattr(2): the names, each with a NUL after it. At most 64 KiB, the kernel's own limit.</summary>
    public static bool TryListExtendedAttributes(SafeFileHandle file, out byte[] names, out Errno error)
    {
        nint length = flistxattr(file, null, 0);
        names = [];
        while (length > 0)
        {
            byte[] buffer = new byte[length];
            fixed (byte* bytes = buffer)
                length = flistxattr(file, bytes, (nuint)buffer.Length);
            if (length >= 0)
            {
                names = buffer[..(int)length];
                break;
            }

            // The list grew between the two calls.
            if (Errno.Last == Errno.ERANGE)
                length = flistxattr(file, null, 0);
        }

        error = length < 0 ? Errno.Last : default;
        return length >= 0;
    }

    /// <summary>fgetxattr(2). At most 64 KiB, the kernel's own limit.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENODATA where the file has no such attribute.</returns>
    public static bool TryGetExtendedAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, out byte[] value, out Errno error)
    {
        const int FirstLength = 256;
        const int LongestLength = 1 << 16;
        value = [];
        error = Errno.ENODATA;
        using CString attribute = new(name, stackalloc byte[CString.StackLength]);
        if (attribute.HoldsNul)
            return false;

        Span<byte> buffer = stackalloc byte[FirstLength];
        while (true)
        {
            nint written;
            fixed (byte* nameBytes = attribute, result = buffer)
                written = fgetxattr(file, nameBytes, result, (nuint)buffer.Length);
            error = written < 0 ? Errno.Last : default;
            if (written >= 0)
            {
                value = buffer[..(int)written].ToArray();
                return true;
            }

            if (error != Errno.ERANGE || buffer.Length == LongestLength)
                return false;
            buffer = new byte[LongestLength];
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint flistxattr(SafeFileHandle file, byte* names, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint fgetxattr(SafeFileHandle file, byte* name, byte* value, nuint length);
}
