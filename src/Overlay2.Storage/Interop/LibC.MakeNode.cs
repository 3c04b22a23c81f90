using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mknodat(2) from the working directory.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Type and permissions.</param>
    /// <param name="device">The device number of a device file.</param>
    public static Errno MakeNode(ReadOnlySpan<byte> path, uint mode, uint device) =>
        CString.HoldsNul(path) ? Errno.ENOENT : ChangingCalls.Prevents("mknodat", out Errno prevented) ? prevented : Errno.Of(mknodat(SystemCallNumber.MakeNode, CurrentDirectory, path, (nint)mode, (nint)device));

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint mknodat(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, nint mode, nint device);
}
