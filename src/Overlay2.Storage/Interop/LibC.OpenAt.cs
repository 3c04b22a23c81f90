using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>openat(2) from the working directory, always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error) =>
        TryOpenAt(CurrentDirectory, path, flags, mode: 0, out file, out error);

    /// <summary>openat(2), always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt(int directory, ReadOnlySpan<byte> path, int flags, uint mode, out SafeFileHandle file, out Errno error)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        int descriptor = -1;
        error = Errno.ENOENT;
        if (!name.HoldsNul)
        {
            fixed (byte* bytes = name)
            {
                do
                {
                    descriptor = openat(directory, bytes, flags | OpenFlags.CloseOnExec, mode);
                    error = descriptor < 0 ? Errno.Last : default;
                }
                while (error == Errno.EINTR);
            }
        }

        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    /// <summary>openat(2) in an open directory, always with O_CLOEXEC; starts again after a signal.</summary>
    public static bool TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error)
    {
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            return TryOpenAt((int)directory.DangerousGetHandle(), path, flags, mode: 0, out file, out error);
        }
        finally
        {
            if (added)
                directory.DangerousRelease();
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int openat(int directory, byte* path, int flags, uint mode);
}
