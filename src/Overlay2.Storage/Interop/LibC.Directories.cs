using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>getdents64(2), fchdir(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>getdents64(2): the next records of an open directory, to be walked with <see cref="DirectoryRecords"/>.</summary>
    /// <param name="directory">A directory opened for reading.</param>
    /// <param name="buffer">Where to read to; 32 KiB are usual.</param>
    /// <param name="length">How many bytes of records were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryReadDirectory(SafeFileHandle directory, Span<byte> buffer, out int length, out Errno error)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(getdents64(SystemCallNumber.GetDirectoryEntries, directory, buffer, buffer.Length));
        return call.End(out length, out error);
    }

    /// <summary>fchdir(2): of the whole process, unless the thread has unshared it (<see cref="CloneFlags.FileSystem"/>).</summary>
    public static Errno ChangeDirectory(SafeFileHandle directory)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(fchdir(directory));
        return call.Error;
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint getdents64(nint number, SafeFileHandle directory, Span<byte> buffer, nint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchdir(SafeFileHandle directory);
}
