using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>pipe2(2), with O_CLOEXEC.</summary>
    public static bool TryMakePipe(out SafeFileHandle reader, out SafeFileHandle writer, out Errno error)
    {
        int* ends = stackalloc int[] { -1, -1 };
        error = Errno.Of(pipe2(ends, OpenFlags.CloseOnExec));
        reader = new SafeFileHandle(ends[0], ownsHandle: true);
        writer = new SafeFileHandle(ends[1], ownsHandle: true);
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);
}
