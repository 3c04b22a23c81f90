using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>openat2(2) (Linux 5.6), always with O_CLOEXEC; starts again after a signal and when the tree moved during the walk.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt2(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, ResolveFlags resolve, out SafeFileHandle file, out Errno error)
    {
        const int MostAttempts = 16;
        OpenHow how = new() { Flags = (uint)(flags | OpenFlags.CloseOnExec), Resolve = (ulong)resolve };
        nint descriptor = -1;
        error = Errno.ENOENT;
        for (int attempt = 0; attempt < MostAttempts && !CString.HoldsNul(path); attempt++)
        {
            descriptor = openat2(SystemCallNumber.OpenAt2, directory, path, how, sizeof(OpenHow));
            error = Errno.Of(descriptor);
            if (error != Errno.EINTR && error != Errno.EAGAIN)
                break;
        }

        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return !error.IsError;
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint openat2(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, in OpenHow how, nint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
