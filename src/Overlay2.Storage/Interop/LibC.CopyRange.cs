using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>copy_file_range(2) (Linux 4.5), from the place where each file is; how many bytes it copied is not told.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno CopyRange(SafeFileHandle from, SafeFileHandle to, nuint length) =>
        ChangingCalls.Prevents("copy_file_range", out Errno prevented) ? prevented : Errno.Of(copy_file_range(from, null, to, null, length, 0));

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint copy_file_range(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint length, uint flags);
}
