using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>Whether the caller may do something with an object: mode, ACL, capabilities, read-only mount, immutable flag.</summary>
    private LinuxError CheckPermission(OverlayInode inode, int mask)
    {
        if ((mask & Permissions.Write) != 0)
        {
            if (_mount.IsReadOnly && inode.Type is (FileType.Regular or FileType.Directory or FileType.SymbolicLink))
                return LinuxError.EROFS;
            if ((OverlayMount.Protection(inode) & FileAttributeFlags.Immutable) != 0)
                return LinuxError.EPERM;
        }

        BackingInode real = inode.Real;
        if (IsGranted(real, mask))
            return LinuxError.OK;
        if (!Caller.IsCapable)
            return LinuxError.EACCES;
        return inode.IsDirectory || (mask & Permissions.Execute) == 0 || (real.Mode & Permissions.AnyExecute) != 0 ? LinuxError.OK : LinuxError.EACCES;
    }

    private bool IsGranted(BackingInode inode, int mask)
    {
        int mode = inode.Mode;
        if (inode.Uid == Caller.Uid)
            return ((mode >> 6) & mask) == mask;
        if ((mode & Permissions.Group) != 0 && inode.ExtendedAttributes.TryGetValue(PosixAcl.AccessName, out byte[]? acl))
            return PosixAcl.Permits(acl, Caller, inode.Gid, mask);
        return ((inode.Gid == Caller.Gid ? mode >> 3 : mode) & mask) == mask;
    }

    private bool IsOwnerOrCapable(OverlayInode inode) => Caller.IsCapable || inode.Real.Uid == Caller.Uid;

    private bool IsInGroupOrCapable(uint gid) => Caller.IsCapable || gid == Caller.Gid;

    private LinuxError CheckCreate(OverlayDentry directory) =>
        directory.Inode!.IsDead ? LinuxError.ENOENT : CheckPermission(directory.Inode!, Permissions.Write | Permissions.Execute);

    /// <summary>Whether a name may be removed or replaced, as what it is taken for.</summary>
    private LinuxError CheckDelete(OverlayDentry victim, bool asDirectory)
    {
        OverlayInode directory = victim.Parent.Inode!;
        OverlayInode inode = victim.Inode!;
        LinuxError error = CheckPermission(directory, Permissions.Write | Permissions.Execute);
        if (error != LinuxError.OK)
            return error;
        if ((OverlayMount.Protection(directory) & FileAttributeFlags.Append) != 0)
            return LinuxError.EPERM;
        bool sticky = (directory.Real.Mode & Permissions.Sticky) != 0 && inode.Real.Uid != Caller.Uid && directory.Real.Uid != Caller.Uid && !Caller.IsCapable;
        if (sticky || OverlayMount.Protection(inode) != FileAttributeFlags.None)
            return LinuxError.EPERM;
        if (asDirectory != inode.IsDirectory)
            return asDirectory ? LinuxError.ENOTDIR : LinuxError.EISDIR;
        return directory.IsDead ? LinuxError.ENOENT : LinuxError.OK;
    }

    /// <summary>The mode of a new object after the kernel's set-group-ID rule.</summary>
    private int PrepareMode(OverlayDentry directory, int mode, int allowed, FileType type)
    {
        mode &= allowed;
        const int Both = Permissions.SetGroupId | Permissions.GroupExecute;
        BackingInode real = directory.Inode!.Real;
        if ((mode & Both) == Both && type != FileType.Directory && (real.Mode & Permissions.SetGroupId) != 0 && !IsInGroupOrCapable(real.Gid))
            mode &= ~Permissions.SetGroupId;
        return mode;
    }

    /// <summary>Set-user-ID and set-group-ID as they are after a change of data by the caller.</summary>
    private int ModeAfterWrite(BackingInode inode)
    {
        int mode = inode.Mode;
        if (Caller.IsCapable)
            return mode;
        if ((mode & Permissions.SetGroupId) != 0 && ((mode & Permissions.GroupExecute) != 0 || inode.Gid != Caller.Gid))
            mode &= ~Permissions.SetGroupId;
        return mode & ~Permissions.SetUserId;
    }
}
