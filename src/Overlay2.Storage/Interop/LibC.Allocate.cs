using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fallocate(2) from the first byte, with FALLOC_FL_KEEP_SIZE: the size of the file stays as it is.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno AllocateKeepingSize(SafeFileHandle file, long length)
    {
        const int KeepSize = 1;
        return ChangingCalls.Prevents("fallocate", out Errno prevented) ? prevented : Errno.Of(fallocate(file, KeepSize, 0, length));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);
}
