using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>mkdir(2).</summary>
    /// <param name="path">The new directory.</param>
    /// <param name="mode">Its mode before the umask.</param>
    public OperationResult MakeDirectory(BytePath path, int mode) =>
        Finish(Make(path, FileType.Directory, mode, default, default));

    /// <summary>mknod(2).</summary>
    /// <param name="path">The new object.</param>
    /// <param name="type">Anything but a directory (EPERM) or a symbolic link (EINVAL).</param>
    /// <param name="mode">Its mode before the umask.</param>
    /// <param name="device">The number of a device node.</param>
    public OperationResult MakeNode(BytePath path, FileType type, int mode, DeviceNumber device) => type switch
    {
        FileType.Directory => Finish(LinuxError.EPERM),
        FileType.SymbolicLink => Finish(LinuxError.EINVAL),
        _ => Finish(Make(path, type, mode, device, default)),
    };

    /// <summary>symlink(2).</summary>
    /// <param name="target">What the link says.</param>
    /// <param name="path">The new link.</param>
    public OperationResult MakeSymbolicLink(BytePath target, BytePath path)
    {
        if (target.IsEmpty || target.Length > TreeWalk.MaximumPath)
            return Finish(target.IsEmpty ? LinuxError.ENOENT : LinuxError.ENAMETOOLONG);
        return Finish(Make(path, FileType.SymbolicLink, Permissions.Access, default, target.Bytes));
    }

    /// <summary>linkat(2).</summary>
    /// <param name="from">An existing object.</param>
    /// <param name="path">The new name.</param>
    /// <param name="follow">Whether a symbolic link at <paramref name="from"/> is followed (AT_SYMLINK_FOLLOW).</param>
    public OperationResult Link(BytePath from, BytePath path, bool follow)
    {
        LinuxError error = Walk(from, follow, out OverlayDentry source);
        return Finish(error == LinuxError.OK ? LinkTo(source, path) : error);
    }

    /// <summary>linkat(2) of an open file, by way of /proc/self/fd.</summary>
    /// <param name="descriptor">An open file, for instance one of O_TMPFILE.</param>
    /// <param name="path">The new name.</param>
    public OperationResult LinkDescriptor(int descriptor, BytePath path)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: true, out OpenFile file);
        return Finish(error == LinuxError.OK ? LinkTo(file.Dentry, path) : error);
    }

    /// <summary>unlink(2).</summary>
    /// <param name="path">The name to remove.</param>
    public OperationResult Unlink(BytePath path)
    {
        LinuxError error = FindVictim(path, isDirectory: false, out OverlayDentry dentry, out bool slash);
        if (error == LinuxError.OK && slash)
            error = dentry.IsDirectory ? LinuxError.EISDIR : LinuxError.ENOTDIR;
        if (error == LinuxError.OK)
            error = CheckDelete(dentry, asDirectory: false);
        return Finish(error == LinuxError.OK ? _mount.Remove(dentry) : error);
    }

    /// <summary>rmdir(2).</summary>
    /// <param name="path">The directory to remove.</param>
    public OperationResult RemoveDirectory(BytePath path)
    {
        LinuxError error = FindVictim(path, isDirectory: true, out OverlayDentry dentry, out _);
        if (error == LinuxError.OK)
            error = CheckDelete(dentry, asDirectory: true);
        return Finish(error == LinuxError.OK ? _mount.Remove(dentry) : error);
    }

    /// <summary>renameat2(2).</summary>
    /// <param name="from">The name to move.</param>
    /// <param name="path">The new name.</param>
    /// <param name="flags">Flags.</param>
    public OperationResult Rename(BytePath from, BytePath path, RenameFlags flags) => Finish(DoRename(from, path, flags));

    private LinuxError Make(BytePath path, FileType type, int mode, DeviceNumber device, ByteString target)
    {
        LinuxError error = FindNewName(path, type == FileType.Directory, out OverlayDentry dentry);
        if (error == LinuxError.OK)
            error = CheckCreate(dentry.Parent);
        if (error != LinuxError.OK)
            return error;
        bool isWhiteout = type == FileType.CharacterDevice && device == default;
        if (isWhiteout || (type is FileType.CharacterDevice or FileType.BlockDevice && !Caller.IsCapable))
            return LinuxError.EPERM;
        return CreateAt(dentry, type, mode, device, target);
    }

    private LinuxError CreateAt(OverlayDentry dentry, FileType type, int mode, DeviceNumber device, ByteString target)
    {
        const int DirectoryBits = Permissions.Access | Permissions.Sticky;
        int allowed = type == FileType.Directory ? DirectoryBits : Permissions.All;
        return _mount.Create(dentry, new NewObject
        {
            Type = type,
            Mode = PrepareMode(dentry.Parent, mode, allowed, type),
            Umask = Umask,
            Uid = Caller.Uid,
            Gid = Caller.Gid,
            Device = device,
            LinkTarget = target,
        });
    }

    private LinuxError LinkTo(OverlayDentry source, BytePath path)
    {
        LinuxError error = FindNewName(path, wantsDirectory: false, out OverlayDentry dentry);
        if (error != LinuxError.OK)
            return error;
        OverlayInode inode = source.Inode!;
        if (_settings.ProtectedHardLinks && !IsSafeLinkSource(inode) && !IsOwnerOrCapable(inode))
            return LinuxError.EPERM;
        error = CheckCreate(dentry.Parent);
        if (error != LinuxError.OK)
            return error;
        if (OverlayMount.Protection(inode) != FileAttributeFlags.None || inode.IsDirectory)
            return LinuxError.EPERM;
        if (inode.LinkCount == 0 && !inode.IsLinkable)
            return LinuxError.ENOENT;
        return _mount.Link(source, dentry);
    }

    private bool IsSafeLinkSource(OverlayInode inode)
    {
        const int GroupExecution = Permissions.SetGroupId | Permissions.GroupExecute;
        int mode = inode.Real.Mode;
        return inode.Type == FileType.Regular
            && (mode & Permissions.SetUserId) == 0
            && (mode & GroupExecution) != GroupExecution
            && CheckPermission(inode, Permissions.Read | Permissions.Write) == LinuxError.OK;
    }

    /// <summary>Finds a name that shall be made: EEXIST if it is there, ENOENT for a slash after what is no directory.</summary>
    private LinuxError FindNewName(BytePath path, bool wantsDirectory, out OverlayDentry dentry)
    {
        dentry = _mount.Root;
        LinuxError error = WalkToParent(path, out LastComponent last);
        if (error != LinuxError.OK)
            return error;
        if (last.Kind != LastKind.Name)
            return LinuxError.EEXIST;
        error = _mount.Lookup(last.Directory, last.Name, out dentry);
        if (error != LinuxError.OK)
            return error;
        if (!dentry.IsNegative)
            return LinuxError.EEXIST;
        if (last.HasTrailingSlash && !wantsDirectory)
            return LinuxError.ENOENT;
        return _mount.IsReadOnly ? LinuxError.EROFS : LinuxError.OK;
    }

    private LinuxError FindVictim(BytePath path, bool isDirectory, out OverlayDentry dentry, out bool slash)
    {
        dentry = _mount.Root;
        slash = false;
        LinuxError error = WalkToParent(path, out LastComponent last);
        if (error != LinuxError.OK)
            return error;
        if (last.Kind != LastKind.Name)
        {
            return last.Kind switch
            {
                _ when !isDirectory => LinuxError.EISDIR,
                LastKind.Dot => LinuxError.EINVAL,
                LastKind.DotDot => LinuxError.ENOTEMPTY,
                _ => LinuxError.EBUSY,
            };
        }

        if (_mount.IsReadOnly)
            return LinuxError.EROFS;
        slash = last.HasTrailingSlash;
        return FindEntry(last.Directory, last.Name, out dentry);
    }
}
