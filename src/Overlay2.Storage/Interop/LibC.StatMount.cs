using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>statmount(2) (Linux 6.8): facts of one mount; the buffer starts with a <see cref="MountStatus"/>.</summary>
    /// <param name="mountId">The unique id.</param>
    /// <param name="namespaceId">The namespace; 0 for the caller's own.</param>
    /// <param name="mask">What is wanted.</param>
    /// <param name="buffer">At least <see cref="MountStatus.TextOffset"/> bytes.</param>
    /// <returns>No error, or the kernel's; EOVERFLOW for a buffer that is too short.</returns>
    public static Errno StatMount(ulong mountId, ulong namespaceId, MountStatusMask mask, Span<byte> buffer)
    {
        MountIdRequest request = MountIdRequest.Create(mountId, (ulong)mask, namespaceId);
        return Errno.Of(statmount(SystemCallNumber.StatMount, request, buffer, buffer.Length, 0));
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint statmount(nint number, in MountIdRequest request, Span<byte> buffer, nint length, nint flags);
}
