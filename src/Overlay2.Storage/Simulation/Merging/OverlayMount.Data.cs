using Overlay2.Storage.Bytes;
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
        foreach (OverlayLayer layer in DataLayers)
        {
            BackingInode? at = layer.Root;
            foreach (ReadOnlySpan<byte> component in new BytePath(redirect).GetComponents())
            {
                if (at is not { IsDirectory: true } || !at.Children!.TryGetValue(new ByteString(component), out at))
                {
                    at = null;
                    break;
                }
            }

            if (at is not { IsRegular: true })
                continue;
            LowerPath[] stack = [.. inode.LowerStack];
            stack[^1] = new LowerPath(at, layer);
            inode.LowerStack = stack;
            inode.LowerDataRedirect = null;
            return LinuxError.OK;
        }

        return LinuxError.EIO;
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
