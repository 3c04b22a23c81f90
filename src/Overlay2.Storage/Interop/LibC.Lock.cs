using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>flock(2), exclusive, without waiting: EWOULDBLOCK (EAGAIN) if another open file holds it. Ends with the open file.</summary>
    public static Errno TryLock(SafeFileHandle file)
    {
        const int Exclusive = 2;
        const int NonBlocking = 4;
        return Errno.Of(flock(file, Exclusive | NonBlocking));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
