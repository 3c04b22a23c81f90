using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>lsetxattr(2), from the working directory.</summary>
    public static Errno SetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        using CString pathText = new(path, stackalloc byte[CString.StackLength]);
        using CString nameText = new(name, stackalloc byte[CString.StackLength]);
        if (pathText.HoldsNul || nameText.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* pathBytes = pathText, nameBytes = nameText, valueBytes = value)
            return lsetxattr(pathBytes, nameBytes, valueBytes, (nuint)value.Length, 0) < 0 ? Errno.Last : default;
    }

    /// <summary>lgetxattr(2) of a short value, from the working directory; ERANGE if it is longer than the buffer.</summary>
    public static bool TryGetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value, out int length, out Errno error)
    {
        using CString pathText = new(path, stackalloc byte[CString.StackLength]);
        using CString nameText = new(name, stackalloc byte[CString.StackLength]);
        length = -1;
        error = Errno.ENOENT;
        if (pathText.HoldsNul || nameText.HoldsNul)
            return false;
        fixed (byte* pathBytes = pathText, nameBytes = nameText, valueBytes = value)
            length = (int)lgetxattr(pathBytes, nameBytes, valueBytes, (nuint)value.Length);
        error = length < 0 ? Errno.Last : default;
        return length >= 0;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int lsetxattr(byte* path, byte* name, byte* value, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint lgetxattr(byte* path, byte* name, byte* value, nuint length);
}
