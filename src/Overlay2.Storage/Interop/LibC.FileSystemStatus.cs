using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fstatfs(2): the magic number of a file system.</summary>
    public static bool TryGetMagic(SafeFileHandle file, out uint magic, out Errno error)
    {
        bool isKnown = TryGetSpace(file, out FileSystemStatus status, out error);
        magic = status.Magic;
        return isKnown;
    }

    /// <summary>fstatfs(2): what room a file system has.</summary>
    public static bool TryGetSpace(SafeFileHandle file, out FileSystemStatus space, out Errno error)
    {
        // The C library's structure has 120 bytes on 64-bit systems; the magic number is its first long.
        ulong* status = stackalloc ulong[32];
        error = Errno.Of(fstatfs(file, status));
        space = new FileSystemStatus((uint)status[0], status[1], status[2], status[3], status[4], status[5], status[6]);
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, void* status);
}
