using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>A fanotify(7) group that reports which mounts of a namespace come and go (FAN_REPORT_MNT, Linux 6.15; privileged).</summary>
    /// <param name="mountNamespace">An open file of /proc/[pid]/ns/mnt.</param>
    /// <param name="file">To be read with <see cref="MountEvents"/>; reading does not block.</param>
    /// <param name="error">The kernel's error; EINVAL where it does not know this report.</param>
    public static bool TryOpenMountEvents(SafeFileHandle mountNamespace, out SafeFileHandle file, out Errno error)
    {
        const uint ReportMounts = 0x4000;
        const uint CloseOnExec = 0x1;
        const uint NonBlock = 0x2;
        const uint MarkAdd = 0x1;
        const uint MarkMountNamespace = 0x110;
        const ulong AttachAndDetach = 0x0300_0000;

        if (!TryOwn(fanotify_init(ReportMounts | CloseOnExec | NonBlock, 0), out file, out error))
            return false;
        error = Errno.Of(fanotify_mark(file, MarkAdd | MarkMountNamespace, AttachAndDetach, mountNamespace, null));
        if (error.IsError)
            file.Dispose();
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fanotify_init(uint flags, uint eventFlags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fanotify_mark(SafeFileHandle group, uint flags, ulong mask, SafeFileHandle directory, byte* path);
}
