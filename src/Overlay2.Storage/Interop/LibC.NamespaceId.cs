using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>The id of a mount namespace for listmount(2) and statmount(2): ioctl NS_GET_MNTNS_ID of ioctl_nsfs(2) (Linux 6.11).</summary>
    /// <param name="file">An open file of /proc/[pid]/ns/mnt.</param>
    /// <param name="id">The id, never used again.</param>
    /// <param name="error">The kernel's error; ENOTTY on older kernels.</param>
    public static bool TryGetMountNamespaceId(SafeFileHandle file, out ulong id, out Errno error)
    {
        const uint GetMountNamespaceId = 0x8008b705;
        fixed (ulong* result = &id)
            error = Errno.Of(ioctl(file, GetMountNamespaceId, result));
        return !error.IsError;
    }
}
