using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>xattr(7), ioctl_iflags(2), fchmod(2), fchown(2).</content>
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

    /// <summary>fsetxattr(2): makes or replaces an extended attribute.</summary>
    /// <returns>No error, or the kernel's; EINVAL for a name that holds a NUL.</returns>
    public static Errno SetExtendedAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        NativeCall call = NativeCall.Repeatable("fsetxattr", Errno.EINVAL, name);
        while (call.IsDue)
            call.Answer(fsetxattr(file, name, value, value.Length, flags: 0));
        return call.Error;
    }

    /// <summary>lsetxattr(2), from the working directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path or name that holds a NUL.</returns>
    public static Errno SetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        NativeCall call = NativeCall.Repeatable("lsetxattr", Errno.ENOENT, path, name);
        while (call.IsDue)
            call.Answer(lsetxattr(path, name, value, value.Length, flags: 0));
        return call.Error;
    }

    /// <summary>ioctl_iflags(2): FS_IOC_GETFLAGS.</summary>
    public static bool TryGetInodeFlags(SafeFileHandle file, out uint flags, out Errno error)
    {
        const nuint GetFlags = 0x80086601;

        // 32 bits, but the request is encoded with a long, and before Linux 5.8 FUSE wrote one.
        ulong value = 0;
        error = Control(NativeCall.Asking(), file, GetFlags, &value);
        flags = (uint)value;
        return !error.IsError;
    }

    /// <summary>ioctl_iflags(2): FS_IOC_SETFLAGS.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno SetInodeFlags(SafeFileHandle file, uint flags)
    {
        const nuint SetFlags = 0x40086602;
        ulong value = flags;
        return Control(NativeCall.Repeatable("ioctl"), file, SetFlags, &value);
    }

    /// <summary>fchmod(2).</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeMode(SafeFileHandle file, uint mode)
    {
        NativeCall call = NativeCall.Repeatable("fchmod");
        while (call.IsDue)
            call.Answer(fchmod(file, mode));
        return call.Error;
    }

    /// <summary>fchown(2).</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeOwner(SafeFileHandle file, uint user, uint group)
    {
        NativeCall call = NativeCall.Repeatable("fchown");
        while (call.IsDue)
            call.Answer(fchown(file, user, group));
        return call.Error;
    }

    /// <summary>fchownat(2) of a link itself.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeLinkOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint user, uint group)
    {
        NativeCall call = NativeCall.Repeatable("fchownat", Errno.ENOENT, name);
        while (call.IsDue)
            call.Answer(fchownat(directory, name, user, group, AtFlags.NoFollow));
        return call.Error;
    }

    /// <summary>Of the open file, or of what is at the path.</summary>
    private static bool TryListAttributes(SafeFileHandle? file, ReadOnlySpan<byte> path, out byte[] names, out Errno error)
    {
        // Most files have none, and a list that grows between two calls is asked for again.
        do
        {
            names = [];
            if (TryListAttributes(file, path, names, out int length, out error) && length > 0)
            {
                names = new byte[length];
                Array.Resize(ref names, TryListAttributes(file, path, names, out length, out error) ? length : 0);
            }
        }
        while (error == Errno.ERANGE);

        return !error.IsError;
    }

    private static bool TryListAttributes(SafeFileHandle? file, ReadOnlySpan<byte> path, Span<byte> names, out int length, out Errno error)
    {
        NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(file is null ? llistxattr(path, names, names.Length) : flistxattr(file, names, names.Length));
        return call.End(out length, out error);
    }

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
        NativeCall call = NativeCall.Asking(file is null ? Errno.ENOENT : Errno.ENODATA, path, name);
        while (call.IsDue)
            call.Answer(file is null ? lgetxattr(path, name, value, value.Length) : fgetxattr(file, name, value, value.Length));
        return call.End(out length, out error);
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

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsetxattr(SafeFileHandle file, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int lsetxattr(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint user, uint group);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchownat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name, uint user, uint group, int flags);
}
