using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsopen(2): a context in which a file system is configured.</summary>
    public static bool TryFsOpen(ReadOnlySpan<byte> type, out SafeFileHandle context, out Errno error)
    {
        const int CloseOnExec = 1;
        using CString name = new(type, stackalloc byte[CString.StackLength]);
        fixed (byte* bytes = name)
        {
            nint descriptor = SystemCall2(SystemCallNumber.OpenFileSystem, (nint)bytes, CloseOnExec);
            error = descriptor < 0 ? Errno.Last : default;
            context = new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return !error.IsError;
    }
}
