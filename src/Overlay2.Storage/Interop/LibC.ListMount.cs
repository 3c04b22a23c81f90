using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

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
        count = (int)listmount(SystemCallNumber.ListMount, request, ids, ids.Length, 0);
        error = Errno.Of(count);
        return !error.IsError;
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint listmount(nint number, in MountIdRequest request, Span<ulong> ids, nint length, nint flags);
}
