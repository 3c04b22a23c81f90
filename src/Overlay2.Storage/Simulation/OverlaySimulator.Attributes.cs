using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>stat(2), or lstat(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult<FileStatus?> Stat(BytePath path, bool follow)
    {
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        return Finish(error, error == LinuxError.OK ? StatusOf(dentry) : null);
    }

    /// <summary>fstat(2).</summary>
    /// <param name="descriptor">An open file.</param>
    public OperationResult<FileStatus?> StatDescriptor(int descriptor)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: true, out OpenFile file);
        return Finish(error, error == LinuxError.OK ? StatusOf(file.Dentry) : null);
    }

    /// <summary>faccessat(2) with the effective ids.</summary>
    /// <param name="path">The object; links are followed.</param>
    /// <param name="wanted">R_OK (4), W_OK (2) and X_OK (1); 0 asks for existence.</param>
    public OperationResult Access(BytePath path, int wanted)
    {
        LinuxError error = Walk(path, follow: true, out OverlayDentry dentry);
        if (error == LinuxError.OK && wanted != 0)
            error = CheckPermission(dentry.Inode!, wanted);
        return Finish(error);
    }

    /// <summary>readlink(2).</summary>
    /// <param name="path">A symbolic link.</param>
    public OperationResult<BytePath> ReadLink(BytePath path)
    {
        LinuxError error = Walk(path, follow: false, out OverlayDentry dentry);
        if (error != LinuxError.OK)
            return Finish(error, default(BytePath));
        OverlayInode inode = dentry.Inode!;
        if (inode.Type != FileType.SymbolicLink)
            return Finish(LinuxError.EINVAL, default(BytePath));
        OverlayMount.Accessed(inode);
        return Finish(LinuxError.OK, new BytePath(inode.Real.LinkTarget));
    }

    /// <summary>chmod(2).</summary>
    /// <param name="path">The object; links are followed.</param>
    /// <param name="mode">The new mode.</param>
    public OperationResult ChangeMode(BytePath path, int mode)
    {
        LinuxError error = Walk(path, follow: true, out OverlayDentry dentry);
        return Finish(error == LinuxError.OK ? ChangeMode(dentry, mode) : error);
    }

    /// <summary>fchmod(2).</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="mode">The new mode.</param>
    public OperationResult ChangeModeOfDescriptor(int descriptor, int mode)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        return Finish(error == LinuxError.OK ? ChangeMode(file.Dentry, mode) : error);
    }

    /// <summary>chown(2), or lchown(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="uid">The new owner, or <see langword="null"/> to keep it.</param>
    /// <param name="gid">The new group, or <see langword="null"/> to keep it.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult ChangeOwner(BytePath path, uint? uid, uint? gid, bool follow)
    {
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        return Finish(error == LinuxError.OK ? ChangeOwner(dentry, uid, gid) : error);
    }

    /// <summary>fchown(2).</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="uid">The new owner, or <see langword="null"/> to keep it.</param>
    /// <param name="gid">The new group, or <see langword="null"/> to keep it.</param>
    public OperationResult ChangeOwnerOfDescriptor(int descriptor, uint? uid, uint? gid)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        return Finish(error == LinuxError.OK ? ChangeOwner(file.Dentry, uid, gid) : error);
    }

    /// <summary>utimensat(2) with two times.</summary>
    /// <param name="path">The object.</param>
    /// <param name="access">The access time, nanoseconds since the epoch.</param>
    /// <param name="modification">The modification time.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult SetTimes(BytePath path, long access, long modification, bool follow)
    {
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        return Finish(error == LinuxError.OK ? SetTimes(dentry, access, modification) : error);
    }

    /// <summary>utimensat(2) that sets both times to now.</summary>
    /// <param name="path">The object.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult Touch(BytePath path, bool follow)
    {
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        if (error != LinuxError.OK)
            return Finish(error);
        if (_mount.IsReadOnly)
            return Finish(LinuxError.EROFS);
        OverlayInode inode = dentry.Inode!;
        if ((OverlayMount.Protection(inode) & FileAttributeFlags.Immutable) != 0)
            return Finish(LinuxError.EPERM);
        if (!IsOwnerOrCapable(inode))
            error = CheckPermission(inode, Permissions.Write);
        return Finish(error == LinuxError.OK ? _mount.SetTimes(dentry, _clock.Now, _clock.Now) : error);
    }

    /// <summary>futimens(3) with two times.</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="access">The access time, nanoseconds since the epoch.</param>
    /// <param name="modification">The modification time.</param>
    public OperationResult SetTimesOfDescriptor(int descriptor, long access, long modification)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        return Finish(error == LinuxError.OK ? SetTimes(file.Dentry, access, modification) : error);
    }

    /// <summary>Opens the object for reading and reads its flags: FS_IOC_GETFLAGS.</summary>
    /// <param name="path">The object; a symbolic link is not followed.</param>
    public OperationResult<FileAttributeFlags> GetFlags(BytePath path)
    {
        LinuxError error = OpenForFlags(path, out OverlayDentry dentry);
        return Finish(error, error == LinuxError.OK ? _mount.ShownFlags(dentry.Inode!) : FileAttributeFlags.None);
    }

    /// <summary>Opens the object for reading, reads its flags and sets changed ones: FS_IOC_SETFLAGS.</summary>
    /// <param name="path">The object; a symbolic link is not followed.</param>
    /// <param name="set">Flags to add.</param>
    /// <param name="clear">Flags to take away.</param>
    public OperationResult SetFlags(BytePath path, FileAttributeFlags set, FileAttributeFlags clear)
    {
        LinuxError error = OpenForFlags(path, out OverlayDentry dentry);
        if (error != LinuxError.OK)
            return Finish(error);
        if (_mount.IsReadOnly)
            return Finish(LinuxError.EROFS);
        OverlayInode inode = dentry.Inode!;
        if (!IsOwnerOrCapable(inode))
            return Finish(LinuxError.EACCES);
        FileAttributeFlags old = _mount.ShownFlags(inode) | inode.Real.FileSystem.FixedFlags;
        FileAttributeFlags flags = (old | set) & ~clear;
        const FileAttributeFlags Protecting = FileAttributeFlags.Immutable | FileAttributeFlags.Append;
        if (((old ^ flags) & Protecting) != 0 && !Caller.IsCapable)
            return Finish(LinuxError.EPERM);
        return Finish(_mount.SetFlags(dentry, flags));
    }

    internal FileStatus StatusOf(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        BackingInode real = inode.Real;
        InodeIdentity identity = _mount.Identify(dentry);
        return new FileStatus
        {
            ContainingDevice = OverlayMount.DeviceOf(identity),
            InodeNumber = _mount.NumberOf(identity),
            Type = inode.Type,
            Mode = real.Mode,
            Uid = real.Uid,
            Gid = real.Gid,
            LinkCount = OverlayMount.ShownLinkCount(inode),
            Size = real.Size,
            Device = real.Device,
            AccessTime = real.AccessTime,
            ModificationTime = real.ModificationTime,
            Identity = identity,
        };
    }

    private LinuxError OpenForFlags(BytePath path, out OverlayDentry dentry)
    {
        LinuxError error = Walk(path, follow: false, out dentry);
        if (error == LinuxError.OK)
            error = CheckOpen(dentry, OpenFlags.ReadOnly, OpenModes.Read, created: false, slash: false);
        if (error == LinuxError.OK)
        {
            error = OpenDentry(dentry, OpenModes.Read, truncates: false, out OpenFile? file);
            if (file is not null)
                Release(file);
        }

        if (error == LinuxError.OK && dentry.Inode!.Type is not (FileType.Regular or FileType.Directory))
            error = LinuxError.ENOTTY;
        if (error == LinuxError.OK && !_mount.Rules.TmpfsHasFlags && dentry.Inode!.Real.FileSystem.Kind == SimulatedFileSystemKind.Tmpfs)
            error = LinuxError.ENOTTY;
        return error;
    }

    private LinuxError ChangeMode(OverlayDentry dentry, int mode)
    {
        LinuxError error = CheckChange(dentry);
        if (error != LinuxError.OK)
            return error;
        mode &= Permissions.All;
        if (!IsInGroupOrCapable(dentry.Inode!.Real.Gid))
            mode &= ~Permissions.SetGroupId;
        return _mount.SetMode(dentry, mode);
    }

    private LinuxError ChangeOwner(OverlayDentry dentry, uint? uid, uint? gid)
    {
        if (_mount.IsReadOnly)
            return LinuxError.EROFS;
        OverlayInode inode = dentry.Inode!;
        BackingInode real = inode.Real;
        if ((uid is not null || gid is not null) && OverlayMount.Protection(inode) != FileAttributeFlags.None)
            return LinuxError.EPERM;
        int mode = real.Mode;
        if (!inode.IsDirectory)
        {
            mode &= ~Permissions.SetUserId;
            if ((mode & Permissions.GroupExecute) != 0 || !IsInGroupOrCapable(real.Gid))
                mode &= ~Permissions.SetGroupId;
        }

        bool clears = mode != real.Mode && inode.Type != FileType.SymbolicLink;
        if (!Caller.IsCapable)
        {
            bool owner = real.Uid == Caller.Uid;
            if ((uid is { } user && !(owner && user == real.Uid))
                || (gid is { } group && !(owner && (group == Caller.Gid || group == real.Gid)))
                || (clears && !owner))
            {
                return LinuxError.EPERM;
            }
        }

        return _mount.SetOwner(dentry, uid, gid, clears ? mode : null);
    }

    private LinuxError SetTimes(OverlayDentry dentry, long access, long modification)
    {
        LinuxError error = CheckChange(dentry);
        return error == LinuxError.OK ? _mount.SetTimes(dentry, access, modification) : error;
    }

    /// <summary>What every change of attributes needs: a writable mount, no protection, and to be the owner.</summary>
    private LinuxError CheckChange(OverlayDentry dentry)
    {
        if (_mount.IsReadOnly)
            return LinuxError.EROFS;
        OverlayInode inode = dentry.Inode!;
        return OverlayMount.Protection(inode) != FileAttributeFlags.None || !IsOwnerOrCapable(inode) ? LinuxError.EPERM : LinuxError.OK;
    }
}
