using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>listmount(2), statmount(2), and fanotify(7) of mounts.</content>
internal static unsafe partial class LibC
{
    /// <summary>listmount(2) (Linux 6.8): the unique ids of the mounts below the root of a namespace, ascending.</summary>
    /// <param name="namespaceId">The namespace; 0 for the caller's own.</param>
    /// <param name="after">The last id of the call before; 0 at first.</param>
    /// <param name="ids">Where to write; a full buffer may not be all.</param>
    /// <param name="count">How many were written.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryListMounts(ulong namespaceId, ulong after, Span<ulong> ids, out int count, out Errno error)
    {
        MountIdRequest request = MountIdRequest.Create(MountIdRequest.Root, after, namespaceId);
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(listmount(SystemCallNumber.ListMount, request, ids, ids.Length, 0));
        return call.End(out count, out error);
    }

    /// <summary>statmount(2) (Linux 6.8): facts of one mount; the buffer starts with a <see cref="MountStatus"/>.</summary>
    /// <param name="mountId">The unique id.</param>
    /// <param name="namespaceId">The namespace; 0 for the caller's own.</param>
    /// <param name="mask">What is wanted.</param>
    /// <param name="buffer">At least <see cref="MountStatus.TextOffset"/> bytes.</param>
    /// <returns>No error, or the kernel's; EOVERFLOW for a buffer that is too short.</returns>
    public static Errno StatMount(ulong mountId, ulong namespaceId, MountStatusMask mask, Span<byte> buffer)
    {
        MountIdRequest request = MountIdRequest.Create(mountId, (ulong)mask, namespaceId);
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(statmount(SystemCallNumber.StatMount, request, buffer, buffer.Length, 0));
        return call.Error;
    }

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

        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(fanotify_init(ReportMounts | CloseOnExec | NonBlock, 0));
        if (!call.End(out file, out error))
            return false;

        NativeCall mark = NativeCall.Asking();
        while (mark.IsDue)
            mark.Answer(fanotify_mark(file, MarkAdd | MarkMountNamespace, AttachAndDetach, mountNamespace, null));
        if (!mark.End(out error))
            file.Dispose();
        return !error.IsError;
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint listmount(nint number, in MountIdRequest request, Span<ulong> ids, nint length, nint flags);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint statmount(nint number, in MountIdRequest request, Span<byte> buffer, nint length, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fanotify_init(uint flags, uint eventFlags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fanotify_mark(SafeFileHandle group, uint flags, ulong mask, SafeFileHandle directory, byte* path);
}
