using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>Looks once for the data of a metacopy in the data-only layers.</summary>
    public LinuxError FindLowerData(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        if (inode.LowerDataRedirect is not { } redirect)
            return LinuxError.OK;
        LinuxError error = LinuxError.ENOENT;
        foreach (OverlayLayer layer in DataLayers)
        {
            error = FindIn(layer.Root, redirect, out BackingInode? found);
            if (error != LinuxError.OK)
                continue;
            LowerPath[] stack = [.. inode.LowerStack];
            stack[^1] = new LowerPath(found, layer);
            inode.LowerStack = stack;
            inode.LowerDataRedirect = null;
            return LinuxError.OK;
        }

        return error;
    }

    private static LinuxError FindIn(BackingInode root, ByteString path, out BackingInode? found)
    {
        found = root;
        foreach (ReadOnlySpan<byte> component in new BytePath(path).GetComponents())
        {
            if (found.Type == FileType.SymbolicLink)
                return LinuxError.ELOOP;
            if (!found.IsDirectory)
                return LinuxError.ENOTDIR;
            if (!found.Children!.TryGetValue(new ByteString(component), out BackingInode? next))
                return LinuxError.ENOENT;
            found = next;
        }

        return found.IsRegular ? LinuxError.OK : LinuxError.ENOENT;
    }

    /// <summary>The lower object that holds the data of a file.</summary>
    private static BackingInode? LowerData(OverlayInode inode) => inode.LowerStack.Length > 0 ? inode.LowerStack[^1].Inode : null;

    /// <summary>The object whose data an open file reads.</summary>
    public static BackingInode? RealData(OverlayInode inode) =>
        inode.Upper is { } upper && (inode.Type != FileType.Regular || inode.Has(OverlayInodeFlags.UpperData)) ? upper : LowerData(inode);

    /// <summary>Notes a read through the overlay: only an upper object's access time changes.</summary>
    public static void Accessed(OverlayInode inode)
    {
        if (inode.Upper is { } upper && (inode.Real.Flags & FileAttributeFlags.NoAccessTime) == 0)
            upper.FileSystem.Accessed(upper);
    }
}
