using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>getdents64(2): the next records of an open directory, to be walked with <see cref="DirectoryRecords"/>.</summary>
    /// <param name="directory">A directory opened for reading.</param>
    /// <param name="buffer">Where to read to; 32 KiB are usual.</param>
    /// <param name="length">How many bytes of records were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryReadDirectory(SafeFileHandle directory, Span<byte> buffer, out int length, out Errno error)
    {
        do
        {
            length = (int)getdents64(SystemCallNumber.GetDirectoryEntries, directory, buffer, buffer.Length);
            error = Errno.Of(length);
        }
        while (error == Errno.EINTR);

        return !error.IsError;
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint getdents64(nint number, SafeFileHandle directory, Span<byte> buffer, nint length);
}
