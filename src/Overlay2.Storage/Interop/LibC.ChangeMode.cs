using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fchmod(2).</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeMode(SafeFileHandle file, uint mode) => ChangingCalls.Prevents("fchmod", out Errno prevented) ? prevented : Errno.Of(fchmod(file, mode));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, uint mode);
}
