namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>Of renameat2(2): leave a whiteout in place of the old name.</summary>
    public const uint RenameWhiteout = 4;

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
}
