using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fchown(2).</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeOwner(SafeFileHandle file, uint user, uint group) => ChangingCalls.Prevents("fchown", out Errno prevented) ? prevented : Errno.Of(fchown(file, user, group));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint user, uint group);
}
