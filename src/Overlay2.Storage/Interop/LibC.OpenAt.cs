using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>openat(2) from the working directory, always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error) =>
        TryOpenAt(CurrentDirectory, path, flags, out file, out error);

    /// <summary>openat(2) in an open directory, always with O_CLOEXEC; starts again after a signal.</summary>
    public static bool TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error) =>
        TryOpenAt(directory, path, flags, mode: 0, out file, out error);

    /// <summary>openat(2), always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mode, out SafeFileHandle file, out Errno error)
    {
        int descriptor = -1;
        error = Errno.ENOENT;
        bool changes = (flags & (OpenFlags.Create | OpenFlags.Truncate | OpenFlags.TemporaryAlone)) != 0;
        if (!CString.HoldsNul(path) && !(changes && ChangingCalls.Prevents("openat", out error)))
        {
            do
            {
                descriptor = openat(directory, path, flags | OpenFlags.CloseOnExec, mode);
                error = Errno.Of(descriptor);
            }
            while (error == Errno.EINTR);
        }

        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int openat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags, uint mode);
}
