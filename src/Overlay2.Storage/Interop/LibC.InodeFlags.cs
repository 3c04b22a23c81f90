using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>ioctl_iflags(2): FS_IOC_GETFLAGS.</summary>
    public static bool TryGetInodeFlags(SafeFileHandle file, out uint flags, out Errno error)
    {
        const nuint GetFlags = 0x80086601;
        uint value = 0;
        error = Errno.Of(ioctl(file, GetFlags, &value));
        flags = value;
        return !error.IsError;
    }

    /// <summary>ioctl_iflags(2): FS_IOC_SETFLAGS.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno SetInodeFlags(SafeFileHandle file, uint flags)
    {
        const nuint SetFlags = 0x40086602;
        return ChangingCalls.Prevents("ioctl", out Errno prevented) ? prevented : Errno.Of(ioctl(file, SetFlags, &flags));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, void* argument);
}
