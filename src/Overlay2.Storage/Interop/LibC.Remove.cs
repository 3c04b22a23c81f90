using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>unlinkat(2) in an open directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="isDirectory">Whether it names a directory, which must be empty.</param>
    public static Errno Remove(SafeFileHandle directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        const int RemoveDirectory = 0x200;
        using CString text = new(name, stackalloc byte[CString.StackLength]);
        if (text.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* bytes = text)
            return unlinkat(directory, bytes, isDirectory ? RemoveDirectory : 0) < 0 ? Errno.Last : default;
    }

    /// <summary>unlinkat(2) from the working directory.</summary>
    public static Errno Remove(ReadOnlySpan<byte> path, bool isDirectory)
    {
        using var current = new SafeFileHandle(CurrentDirectory, ownsHandle: false);
        return Remove(current, path, isDirectory);
    }
}
