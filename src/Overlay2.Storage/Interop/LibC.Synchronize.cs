using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsync(2): the file, or the names in a directory, are on disk afterwards.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Synchronize(SafeFileHandle file) => ChangingCalls.Prevents("fsync", out Errno prevented) ? prevented : Errno.Of(fsync(file));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    /// <summary>syncfs(2): everything written to the file system that an open file is on is on disk afterwards.</summary>
    /// <returns>No error, or the kernel's: also one of an earlier write that nobody was told of.</returns>
    public static Errno SynchronizeFileSystem(SafeFileHandle file) => ChangingCalls.Prevents("syncfs", out Errno prevented) ? prevented : Errno.Of(syncfs(file));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);
}
