using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>openat2(2) (Linux 5.6), always with O_CLOEXEC; starts again after a signal and when the tree moved during the walk.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt2(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, ResolveFlags resolve, out SafeFileHandle file, out Errno error)
    {
        const int MostAttempts = 16;
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        OpenHow how = new() { Flags = (uint)(flags | OpenFlags.CloseOnExec), Resolve = (ulong)resolve };
        nint descriptor = -1;
        error = Errno.ENOENT;
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            for (int attempt = 0; attempt < MostAttempts && !name.HoldsNul; attempt++)
            {
                fixed (byte* bytes = name)
                    descriptor = SystemCall4(SystemCallNumber.OpenAt2, directory.DangerousGetHandle(), (nint)bytes, (nint)(&how), sizeof(OpenHow));
                error = descriptor < 0 ? Errno.Last : default;
                if (error != Errno.EINTR && error != Errno.EAGAIN)
                    break;
            }
        }
        finally
        {
            if (added)
                directory.DangerousRelease();
        }

        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
