using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>unshare(2): the calling thread alone gets the new namespace, so call it on a thread of your own.</summary>
    public static Errno Unshare(CloneFlags flags) => Errno.Of(unshare((int)flags));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unshare(int flags);
}
