using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>Of renameat2(2): leave a whiteout in place of the old name.</summary>
    public const uint RenameWhiteout = 4;

    /// <summary>Of renameat2(2): what has the new name is not replaced (EEXIST).</summary>
    public const uint RenameNoReplace = 1;

    /// <summary>Of renameat2(2): the two entries change places.</summary>
    public const uint RenameExchange = 2;

    /// <summary>renameat2(2) (Linux 3.15), from the working directory.</summary>
    public static Errno Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint flags)
    {
        using CString fromName = new(from, stackalloc byte[CString.StackLength]);
        using CString toName = new(to, stackalloc byte[CString.StackLength]);
        if (fromName.HoldsNul || toName.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* fromBytes = fromName, toBytes = toName)
        {
            return SystemCall5(SystemCallNumber.Rename, CurrentDirectory, (nint)fromBytes, CurrentDirectory, (nint)toBytes, (nint)flags) < 0
                ? Errno.Last
                : default;
        }
    }

    /// <summary>renameat2(2) between open directories.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, uint flags)
    {
        using CString fromName = new(from, stackalloc byte[CString.StackLength]);
        using CString toName = new(to, stackalloc byte[CString.StackLength]);
        if (fromName.HoldsNul || toName.HoldsNul)
            return Errno.ENOENT;
        bool isFromHeld = false;
        bool isToHeld = false;
        try
        {
            fromDirectory.DangerousAddRef(ref isFromHeld);
            toDirectory.DangerousAddRef(ref isToHeld);
            fixed (byte* fromBytes = fromName, toBytes = toName)
            {
                return SystemCall5(SystemCallNumber.Rename, fromDirectory.DangerousGetHandle(), (nint)fromBytes, toDirectory.DangerousGetHandle(), (nint)toBytes, (nint)flags) < 0
                    ? Errno.Last
                    : default;
            }
        }
        finally
        {
            if (isFromHeld)
                fromDirectory.DangerousRelease();
            if (isToHeld)
                toDirectory.DangerousRelease();
        }
    }
}
