using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>flock(2), without waiting: EWOULDBLOCK (EAGAIN) if another open file holds it. Ends with the open file.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="isShared">Whether others may have it that want to share it too.</param>
    public static Errno TryLock(SafeFileHandle file, bool isShared = false)
    {
        const int Shared = 1;
        const int Exclusive = 2;
        const int NonBlocking = 4;
        return Errno.Of(flock(file, (isShared ? Shared : Exclusive) | NonBlocking));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
