using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    private LinuxError DoRename(BytePath from, BytePath path, RenameFlags flags)
    {
        bool exchange = (flags & RenameFlags.Exchange) != 0;
        bool keepsTarget = (flags & RenameFlags.NoReplace) != 0;
        if (exchange && (flags & (RenameFlags.NoReplace | RenameFlags.Whiteout)) != 0)
            return LinuxError.EINVAL;

        LinuxError error = WalkToParent(from, out LastComponent oldLast);
        if (error != LinuxError.OK)
            return error;
        error = WalkToParent(path, out LastComponent newLast);
        if (error != LinuxError.OK)
            return error;

        // The root's own name lies in the directory of the mount point, on another mount.
        bool oldIsRoot = oldLast.Kind == LastKind.None && oldLast.Directory.IsRoot;
        bool newIsRoot = newLast.Kind == LastKind.None && newLast.Directory.IsRoot;
        if (oldIsRoot && newIsRoot)
            return keepsTarget ? LinuxError.EEXIST : LinuxError.OK;
        if (oldIsRoot || newIsRoot)
            return LinuxError.EXDEV;
        if (oldLast.Kind != LastKind.Name)
            return LinuxError.EBUSY;
        if (newLast.Kind != LastKind.Name)
            return keepsTarget ? LinuxError.EEXIST : LinuxError.EBUSY;
        if (_mount.IsReadOnly)
            return LinuxError.EROFS;

        error = FindEntry(oldLast.Directory, oldLast.Name, out OverlayDentry old);
        if (error != LinuxError.OK)
            return error;
        error = _mount.Lookup(newLast.Directory, newLast.Name, out OverlayDentry target);
        if (error != LinuxError.OK)
            return error;
        if (keepsTarget && !target.IsNegative)
            return LinuxError.EEXIST;
        if (exchange && target.IsNegative)
            return LinuxError.ENOENT;

        LinuxError slashes = CheckSlashes(old, target, exchange, oldLast.HasTrailingSlash, newLast.HasTrailingSlash);
        LinuxError ancestors = CheckAncestors(old, target, exchange);
        error = _mount.Rules.ChecksAncestorsFirst
            ? ancestors != LinuxError.OK ? ancestors : slashes
            : slashes != LinuxError.OK ? slashes : ancestors;
        if (error != LinuxError.OK || (target.Inode is not null && target.Inode == old.Inode))
            return error;

        error = CheckRenamePermission(old, target, exchange);
        if (error != LinuxError.OK)
            return error;
        return (flags & RenameFlags.Whiteout) != 0 ? LinuxError.EINVAL : _mount.Rename(old, target, exchange);
    }

    private static LinuxError CheckSlashes(OverlayDentry old, OverlayDentry target, bool exchange, bool oldSlash, bool newSlash)
    {
        if (exchange && !target.IsDirectory && newSlash)
            return LinuxError.ENOTDIR;
        bool wrong = !old.IsDirectory && (oldSlash || (!exchange && newSlash));
        return wrong ? LinuxError.ENOTDIR : LinuxError.OK;
    }

    private static LinuxError CheckAncestors(OverlayDentry old, OverlayDentry target, bool exchange)
    {
        if (IsAncestorOrSame(old, target.Parent))
            return LinuxError.EINVAL;
        return IsAncestorOrSame(target, old.Parent) ? exchange ? LinuxError.EINVAL : LinuxError.ENOTEMPTY : LinuxError.OK;
    }

    private static bool IsAncestorOrSame(OverlayDentry ancestor, OverlayDentry dentry)
    {
        for (OverlayDentry at = dentry; ; at = at.Parent)
        {
            if (at == ancestor)
                return true;
            if (at.IsRoot)
                return false;
        }
    }

    private LinuxError CheckRenamePermission(OverlayDentry old, OverlayDentry target, bool exchange)
    {
        LinuxError error = CheckDelete(old, old.IsDirectory);
        if (error != LinuxError.OK)
            return error;
        error = target.IsNegative
            ? CheckCreate(target.Parent)
            : CheckDelete(target, exchange ? target.IsDirectory : old.IsDirectory);
        if (error != LinuxError.OK || old.Parent == target.Parent)
            return error;

        // A directory that gets another parent must be writable: its ".." changes.
        if (old.IsDirectory)
            error = CheckPermission(old.Inode!, Permissions.Write);
        if (error == LinuxError.OK && exchange && target.IsDirectory)
            error = CheckPermission(target.Inode!, Permissions.Write);
        return error;
    }
}
