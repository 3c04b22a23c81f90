using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>ioctl(2) FS_IOC_GETFSUUID (Linux 6.9): the UUID of the file system of an open file; 16 bytes.</summary>
    public static bool TryGetFileSystemUuid(SafeFileHandle file, out byte[] uuid, out Errno error)
    {
        const nuint GetUuid = 0x80111500;
        const int Length = 16;
        byte* answer = stackalloc byte[Length + 1];
        error = Errno.Of(ioctl(file, GetUuid, answer));
        if (!error.IsError && answer[0] != Length)
            error = Errno.EOPNOTSUPP;
        uuid = error.IsError ? [] : new ReadOnlySpan<byte>(answer + 1, Length).ToArray();
        return !error.IsError;
    }
}
