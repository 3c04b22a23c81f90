using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>The kernel's own limit for a list of names and for a value.</summary>
    private const int LongestAttribute = 1 << 16;

    /// <summary>llistxattr(2): the names, each with a NUL after it.</summary>
    public static bool TryListExtendedAttributes(ReadOnlySpan<byte> path, out byte[] names, out Errno error)
    {
        using CString pathText = new(path, stackalloc byte[CString.StackLength]);
        names = [];
        error = Errno.ENOENT;
        if (pathText.HoldsNul)
            return false;
        fixed (byte* pathBytes = pathText)
        {
            // Most files have none, and a list that grows between two calls is asked for again.
            while (true)
            {
                nint length = llistxattr(pathBytes, null, 0);
                byte[] buffer = length > 0 ? new byte[length] : [];
                if (length > 0)
                {
                    fixed (byte* bytes = buffer)
                        length = llistxattr(pathBytes, bytes, (nuint)buffer.Length);
                }

                error = length < 0 ? Errno.Last : default;
                if (error == Errno.ERANGE)
                    continue;
                names = length > 0 ? buffer[..(int)length] : [];
                return length >= 0;
            }
        }
    }

    /// <summary>lgetxattr(2) of a value of any length.</summary>
    public static bool TryGetExtendedAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, out byte[] value, out Errno error)
    {
        Span<byte> small = stackalloc byte[256];
        value = [];
        if (TryGetExtendedAttribute(path, name, small, out int length, out error))
        {
            value = small[..length].ToArray();
            return true;
        }

        if (error != Errno.ERANGE)
            return false;
        byte[] large = new byte[LongestAttribute];
        if (!TryGetExtendedAttribute(path, name, large, out length, out error))
            return false;
        value = large[..length];
        return true;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint llistxattr(byte* path, byte* names, nuint length);
}
