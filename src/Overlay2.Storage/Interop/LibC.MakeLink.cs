using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>symlinkat(2) in an open directory.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno MakeLink(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        using CString linkName = new(name, stackalloc byte[CString.StackLength]);
        using CString linkTarget = new(target, stackalloc byte[CString.StackLength]);
        if (linkName.HoldsNul || linkTarget.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* nameBytes = linkName, targetBytes = linkTarget)
            return symlinkat(targetBytes, directory, nameBytes) < 0 ? Errno.Last : default;
    }

    /// <summary>fchownat(2) of a link itself.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno ChangeLinkOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint user, uint group)
    {
        using CString linkName = new(name, stackalloc byte[CString.StackLength]);
        if (linkName.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* bytes = linkName)
            return fchownat(directory, bytes, user, group, AtFlags.NoFollow) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int symlinkat(byte* target, SafeFileHandle directory, byte* name);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchownat(SafeFileHandle directory, byte* name, uint user, uint group, int flags);
}
