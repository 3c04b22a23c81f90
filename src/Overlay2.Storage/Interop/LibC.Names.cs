using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>Names in directories: mkdirat(2), mknodat(2), symlinkat(2), readlinkat(2), renameat2(2), unlinkat(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>Of renameat2(2): leave a whiteout in place of the old name.</summary>
    public const uint RenameWhiteout = 4;

    /// <summary>Of renameat2(2): what has the new name is not replaced (EEXIST).</summary>
    public const uint RenameNoReplace = 1;

    /// <summary>Of renameat2(2): the two entries change places.</summary>
    public const uint RenameExchange = 2;

    /// <summary>mkdirat(2) from the working directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(ReadOnlySpan<byte> path, uint mode) => MakeDirectory(CurrentDirectory, path, mode);

    /// <summary>mkdirat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> path, uint mode)
    {
        NativeCall call = NativeCall.Changing("mkdirat", Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(mkdirat(directory, path, mode));
        return call.Error;
    }

    /// <summary>mknodat(2) from the working directory.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Type and permissions.</param>
    /// <param name="device">The device number of a device file.</param>
    public static Errno MakeNode(ReadOnlySpan<byte> path, uint mode, uint device)
    {
        NativeCall call = NativeCall.Changing("mknodat", Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(mknodat(SystemCallNumber.MakeNode, CurrentDirectory, path, (nint)mode, (nint)device));
        return call.Error;
    }

    /// <summary>symlinkat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno MakeLink(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        NativeCall call = NativeCall.Changing("symlinkat", Errno.ENOENT, name, target);
        while (call.IsDue)
            call.Answer(symlinkat(target, directory, name));
        return call.Error;
    }

    /// <summary>readlinkat(2) in an open directory, with a buffer that grows until the whole target fits; the empty path means the open file
    /// itself, which then is a link.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryReadLink(SafeFileHandle directory, ReadOnlySpan<byte> path, out byte[] target, out Errno error)
    {
        const int FirstLength = 256;
        const int LongestLength = 1 << 16;
        target = [];
        for (Span<byte> buffer = stackalloc byte[FirstLength]; buffer.Length <= LongestLength; buffer = new byte[buffer.Length * 2])
        {
            NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
            while (call.IsDue)
                call.Answer(readlinkat(directory, path, buffer, buffer.Length));
            if (!call.End(out int written, out error))
                return false;
            if (written < buffer.Length)
            {
                target = buffer[..written].ToArray();
                return true;
            }
        }

        error = Errno.ENAMETOOLONG;
        return false;
    }

    /// <summary>renameat2(2) without flags within one directory; what has the new name is replaced.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Rename(directory, from, directory, to, flags: 0);

    /// <summary>renameat2(2) (Linux 3.15), from the working directory.</summary>
    public static Errno Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint flags) => Rename(CurrentDirectory, from, CurrentDirectory, to, flags);

    /// <summary>renameat2(2) between open directories.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, uint flags)
    {
        NativeCall call = NativeCall.Changing("renameat2", Errno.ENOENT, from, to);
        while (call.IsDue)
            call.Answer(renameat2(SystemCallNumber.Rename, fromDirectory, from, toDirectory, to, (nint)flags));
        return call.Error;
    }

    /// <summary>unlinkat(2) in an open directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="isDirectory">Whether it names a directory, which must be empty.</param>
    public static Errno Remove(SafeFileHandle directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        const int RemoveDirectory = 0x200;
        NativeCall call = NativeCall.Changing("unlinkat", Errno.ENOENT, name);
        while (call.IsDue)
            call.Answer(unlinkat(directory, name, isDirectory ? RemoveDirectory : 0));
        return call.Error;
    }

    /// <summary>unlinkat(2) from the working directory.</summary>
    public static Errno Remove(ReadOnlySpan<byte> path, bool isDirectory) => Remove(CurrentDirectory, path, isDirectory);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, uint mode);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint mknodat(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, nint mode, nint device);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int symlinkat(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> name);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint readlinkat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, Span<byte> buffer, nint length);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint renameat2(
        nint number,
        SafeFileHandle fromDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> from,
        SafeFileHandle toDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> to,
        nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags);
}
