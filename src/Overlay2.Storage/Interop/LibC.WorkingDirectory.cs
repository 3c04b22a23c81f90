using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fchdir(2): of the whole process, unless the thread has unshared it (<see cref="CloneFlags.FileSystem"/>).</summary>
    public static Errno ChangeDirectory(SafeFileHandle directory) => Errno.Of(fchdir(directory));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchdir(SafeFileHandle directory);
}
