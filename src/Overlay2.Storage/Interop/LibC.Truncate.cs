using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>ftruncate(2): cuts a file off.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Truncate(SafeFileHandle file, long length) => ChangingCalls.Prevents("ftruncate", out Errno prevented) ? prevented : Errno.Of(ftruncate(file, length));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);
}
