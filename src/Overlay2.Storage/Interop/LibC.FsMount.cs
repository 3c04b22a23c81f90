using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsmount(2): the mount of a configured file system, not attached anywhere.</summary>
    public static bool TryFsMount(SafeFileHandle context, out SafeFileHandle mount, out Errno error)
    {
        const int CloseOnExec = 1;
        bool added = false;
        try
        {
            context.DangerousAddRef(ref added);
            nint descriptor = SystemCall3(SystemCallNumber.MountFileSystem, context.DangerousGetHandle(), CloseOnExec, 0);
            error = descriptor < 0 ? Errno.Last : default;
            mount = new SafeFileHandle(descriptor, ownsHandle: true);
            return !error.IsError;
        }
        finally
        {
            if (added)
                context.DangerousRelease();
        }
    }
}
