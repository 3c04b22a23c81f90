using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>The file handle of an object: of its lower origin where the index leads back from there, else of its upper.</summary>
    public LinuxError EncodeHandle(OverlayDentry dentry, out ByteString handle)
    {
        handle = default;
        if (!Features.NfsExport)
            return LinuxError.ENOTSUP;
        bool isLower = EncodesOrigin(dentry);
        if (isLower && dentry.IsDirectory && Upper is not null)
        {
            LinuxError error = Connect(dentry);
            if (error != LinuxError.OK)
                return error;
            isLower = EncodesOrigin(dentry);
        }

        BackingInode real = isLower ? dentry.Inode!.Lower! : dentry.Upper!;
        handle = ByteString.Wrap(HandleOf(real, !isLower));
        return LinuxError.OK;
    }

    private bool EncodesOrigin(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        if (Upper is null)
            return true;
        if (inode.Lower is null || dentry.IsRoot)
            return false;
        return inode.Upper is null || inode.Has(OverlayInodeFlags.Index);
    }

    /// <summary>Copies up the ancestor from which on the path of a lower directory cannot be found in its layer.</summary>
    private LinuxError Connect(OverlayDentry dentry)
    {
        int layer = dentry.Inode!.LowerStack[0].Layer.Index;
        for (OverlayDentry next = dentry; !next.IsRoot; next = next.Parent)
        {
            OverlayDentry parent = next.Parent;
            OverlayInode inode = parent.Inode!;
            int reach = parent.IsRoot ? Lowers.Length
                : inode.Upper is not null && !inode.Has(OverlayInodeFlags.Index) ? 0
                : inode.LowerStack[0].Layer.Index;
            if (reach < layer)
                return next.Upper is null ? CopyUp(next) : LinuxError.OK;
            if (parent.IsRoot || inode.Has(OverlayInodeFlags.Index))
                break;
        }

        return LinuxError.OK;
    }

    /// <summary>Finds the object of a handle; a name that leads to it is used if one is remembered.</summary>
    public LinuxError DecodeHandle(ByteString handle, out OverlayDentry? dentry)
    {
        dentry = null;
        if (!Features.NfsExport)
            return LinuxError.ENOTSUP;
        if (!OverlayFileHandle.IsWellFormed(handle.Span))
            return LinuxError.EINVAL;
        BackingInode? upper = null;
        BackingInode? index = null;
        LowerPath[] stack = [];
        if (OverlayFileHandle.IsUpper(handle.Span))
        {
            upper = Upper is null ? null : DecodeIn(handle.Span, Upper);
            if (upper is null)
                return LinuxError.ESTALE;
            if (DecodeOrigin(upper) is { } origin)
                stack = [origin];
        }
        else
        {
            if (DecodeLower(handle.Span) is not { } lower)
                return LinuxError.ESTALE;
            stack = [lower];

            // An object that is still in use is found, even where the index says that its last name is gone.
            if (_inodes.TryGetValue(lower.Inode!, out OverlayInode? used) && used.References > 0)
            {
                dentry = FindRemembered(Root, entry => entry.Inode == used) ?? NewAlias(used);
                return LinuxError.OK;
            }

            if (IndexDirectory is not null)
            {
                LinuxError found = LookupIndex(null, lower.Inode!, verify: false, out index);
                if (found != LinuxError.OK)
                    return found;
                upper = index;
                if (index is { IsDirectory: true })
                {
                    upper = index.ExtendedAttributes.TryGetValue(Marks.Upper, out byte[]? stored) ? DecodeIn(stored, Upper!) : null;
                    if (upper is null)
                        return LinuxError.ESTALE;
                }
            }
        }

        BackingInode? wanted = stack.Length > 0 ? stack[0].Inode : null;
        dentry = FindRemembered(Root, entry => entry.Inode is { } known
            && (upper is not null ? known.Upper == upper : known.Upper is null && known.Lower == wanted));
        if (dentry is not null)
            return LinuxError.OK;
        LinuxError error = GetInode(upper, stack, index, null, null, out OverlayInode inode);
        if (error != LinuxError.OK)
            return error;
        dentry = NewAlias(inode);
        return LinuxError.OK;
    }

    /// <summary>An entry without a name.</summary>
    private OverlayDentry NewAlias(OverlayInode inode)
    {
        OverlayDentry dentry = NewEntry(Root, default);
        Instantiate(dentry, inode);
        return dentry;
    }

    private static OverlayDentry? FindRemembered(OverlayDentry at, Func<OverlayDentry, bool> isWanted)
    {
        Stack<OverlayDentry> rest = new([at]);
        while (rest.TryPop(out OverlayDentry? next))
        {
            if (isWanted(next))
                return next;
            foreach (OverlayDentry child in next.Children.Values.Reverse())
                rest.Push(child);
        }

        return null;
    }
}
