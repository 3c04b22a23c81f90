namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mknodat(2) from the working directory.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Type and permissions.</param>
    /// <param name="device">The device number of a device file.</param>
    public static Errno MakeNode(ReadOnlySpan<byte> path, uint mode, uint device)
    {
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return Errno.ENOENT;
        fixed (byte* bytes = name)
            return SystemCall4(SystemCallNumber.MakeNode, CurrentDirectory, (nint)bytes, (nint)mode, (nint)device) < 0 ? Errno.Last : default;
    }
}
