using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>setns(2): of the calling thread alone, which must have unshared its file system attributes.</summary>
    public static Errno EnterMountNamespace(SafeFileHandle mountNamespace) => Errno.Of(setns(mountNamespace, (int)CloneFlags.MountNamespace));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int type);
}
