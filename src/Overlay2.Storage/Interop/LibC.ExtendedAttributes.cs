using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>The kernel's own limit for a list of names and for a value.</summary>
    private const int LongestAttribute = 1 << 16;

    /// <summary>flistxattr(2): the names, each with a NUL after it. At most 64 KiB, the kernel's own limit.</summary>
    public static bool TryListExtendedAttributes(SafeFileHandle file, out byte[] names, out Errno error) =>
        TryListAttributes(file, default, out names, out error);

    /// <summary>llistxattr(2): the names, each with a NUL after it.</summary>
    public static bool TryListExtendedAttributes(ReadOnlySpan<byte> path, out byte[] names, out Errno error) =>
        TryListAttributes(file: null, path, out names, out error);

    /// <summary>fgetxattr(2). At most 64 KiB, the kernel's own limit.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENODATA where the file has no such attribute.</returns>
    public static bool TryGetExtendedAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, out byte[] value, out Errno error) =>
        TryGetAttribute(file, default, name, out value, out error);

    /// <summary>lgetxattr(2) of a value of any length.</summary>
    public static bool TryGetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, out byte[] value, out Errno error) =>
        TryGetAttribute(file: null, path, name, out value, out error);

    /// <summary>lgetxattr(2) of a short value, from the working directory; ERANGE if it is longer than the buffer.</summary>
    public static bool TryGetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value, out int length, out Errno error) =>
        TryGetAttribute(file: null, path, name, value, out length, out error);

    /// <summary>Of the open file, or of what is at the path.</summary>
    private static bool TryListAttributes(SafeFileHandle? file, ReadOnlySpan<byte> path, out byte[] names, out Errno error)
    {
        names = [];
        error = Errno.ENOENT;
        if (CString.HoldsNul(path))
            return false;

        // Most files have none, and a list that grows between two calls is asked for again.
        do
        {
            nint length = ListAttributes(file, path, []);
            names = length > 0 ? new byte[length] : [];
            if (length > 0)
                length = ListAttributes(file, path, names);
            error = Errno.Of(length);
            names = length > 0 ? names[..(int)length] : [];
        }
        while (error == Errno.ERANGE);

        return !error.IsError;
    }

    private static nint ListAttributes(SafeFileHandle? file, ReadOnlySpan<byte> path, Span<byte> names) =>
        file is null ? llistxattr(path, names, names.Length) : flistxattr(file, names, names.Length);

    private static bool TryGetAttribute(SafeFileHandle? file, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, out byte[] value, out Errno error)
    {
        Span<byte> buffer = stackalloc byte[256];
        bool isRead = TryGetAttribute(file, path, name, buffer, out int length, out error);
        if (error == Errno.ERANGE)
        {
            buffer = new byte[LongestAttribute];
            isRead = TryGetAttribute(file, path, name, buffer, out length, out error);
        }

        value = isRead ? buffer[..length].ToArray() : [];
        return isRead;
    }

    private static bool TryGetAttribute(SafeFileHandle? file, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value, out int length, out Errno error)
    {
        length = -1;
        error = file is null ? Errno.ENOENT : Errno.ENODATA;
        if (CString.HoldsNul(path) || CString.HoldsNul(name))
            return false;
        length = (int)(file is null ? lgetxattr(path, name, value, value.Length) : fgetxattr(file, name, value, value.Length));
        error = Errno.Of(length);
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint flistxattr(SafeFileHandle file, Span<byte> names, nint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint llistxattr([MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, Span<byte> names, nint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint fgetxattr(SafeFileHandle file, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, Span<byte> value, nint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint lgetxattr(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, Span<byte> value, nint length);
}
