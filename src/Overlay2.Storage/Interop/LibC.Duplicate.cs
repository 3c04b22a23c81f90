using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fcntl(2) with F_DUPFD_CLOEXEC: another descriptor of the same open file.</summary>
    public static bool TryDuplicate(SafeFileHandle file, out SafeFileHandle copy, out Errno error)
    {
        const int DuplicateCloseOnExec = 1030;
        int descriptor = fcntl(file, DuplicateCloseOnExec, 0);
        error = descriptor < 0 ? Errno.Last : default;
        copy = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, nint argument);
}
