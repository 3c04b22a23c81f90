using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>unshare(2), setns(2), ioctl_nsfs(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>unshare(2): the calling thread alone gets the new namespace, so call it on a thread of your own.</summary>
    public static Errno Unshare(CloneFlags flags)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(unshare((int)flags));
        return call.Error;
    }

    /// <summary>setns(2): of the calling thread alone, which must have unshared its file system attributes.</summary>
    public static Errno EnterMountNamespace(SafeFileHandle mountNamespace)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(setns(mountNamespace, (int)CloneFlags.MountNamespace));
        return call.Error;
    }

    /// <summary>The id of a mount namespace for listmount(2) and statmount(2): ioctl NS_GET_MNTNS_ID of ioctl_nsfs(2) (Linux 6.11).</summary>
    /// <param name="file">An open file of /proc/[pid]/ns/mnt.</param>
    /// <param name="id">The id, never used again; 0 with an error.</param>
    /// <param name="error">The kernel's error; ENOTTY on older kernels.</param>
    public static bool TryGetMountNamespaceId(SafeFileHandle file, out ulong id, out Errno error)
    {
        const uint GetMountNamespaceId = 0x8008b705;
        ulong result = 0;
        error = Control(NativeCall.Asking(), file, GetMountNamespaceId, &result);
        id = result;
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int type);
}
