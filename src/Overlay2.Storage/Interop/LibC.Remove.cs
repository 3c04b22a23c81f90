using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
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
        return CString.HoldsNul(name) ? Errno.ENOENT : ChangingCalls.Prevents("unlinkat", out Errno prevented) ? prevented : Errno.Of(unlinkat(directory, name, isDirectory ? RemoveDirectory : 0));
    }

    /// <summary>unlinkat(2) from the working directory.</summary>
    public static Errno Remove(ReadOnlySpan<byte> path, bool isDirectory) => Remove(CurrentDirectory, path, isDirectory);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags);
}
