using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>open(2); nothing waits (O_NONBLOCK).</summary>
    /// <param name="path">What to open.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="mode">The mode of a file that is made, before the umask.</param>
    /// <returns>A descriptor.</returns>
    public OperationResult<int> Open(BytePath path, OpenFlags flags, int mode)
    {
        LinuxError error = DoOpen(path, flags, mode, out OpenFile? file);
        return Finish(error, error == LinuxError.OK ? Register(file!) : -1);
    }

    /// <summary>close(2).</summary>
    /// <param name="descriptor">An open file.</param>
    public OperationResult Close(int descriptor)
    {
        LinuxError error = FindFile(descriptor, acceptsPathOnly: true, out OpenFile file);
        if (error == LinuxError.OK)
        {
            _files.Remove(descriptor);
            Release(file);
        }

        return Finish(error);
    }

    private int Register(OpenFile file)
    {
        int descriptor = _nextDescriptor++;
        _files.Set(descriptor, file);
        return descriptor;
    }

    private void Release(OpenFile file)
    {
        OverlayMount.ForgetListing(file);
        if (file.Real is { } real)
            BackingFileSystem.Unpin(real);
        _mount.Unpin(file.Dentry);
    }

    private LinuxError DoOpen(BytePath path, OpenFlags flags, int mode, out OpenFile? file)
    {
        file = null;
        OpenModes access = (flags & (OpenFlags.WriteOnly | OpenFlags.ReadWrite)) switch
        {
            OpenFlags.ReadOnly => OpenModes.Read,
            OpenFlags.WriteOnly => OpenModes.Write,
            OpenFlags.ReadWrite => OpenModes.Read | OpenModes.Write,
            _ => OpenModes.None,
        };
        if (access == OpenModes.None || (flags & (OpenFlags.Create | OpenFlags.Directory)) == (OpenFlags.Create | OpenFlags.Directory))
            return LinuxError.EINVAL;
        if ((flags & OpenFlags.TemporaryFile) != 0)
            return OpenTemporary(path, access, mode, out file);
        bool follow = (flags & OpenFlags.NoFollow) == 0;
        LinuxError error;
        OverlayDentry dentry;
        if ((flags & OpenFlags.PathOnly) != 0)
        {
            error = Walk(path, follow, out dentry);
            if (error == LinuxError.OK && (flags & OpenFlags.Directory) != 0 && !dentry.IsDirectory)
                error = LinuxError.ENOTDIR;
            if (error == LinuxError.OK)
                file = NewFile(dentry, OpenModes.PathOnly);
            return error;
        }

        bool created = false;
        bool slash = false;
        error = (flags & OpenFlags.Create) != 0
            ? FindOrCreate(path, follow && (flags & OpenFlags.Exclusive) == 0, mode, out dentry, out created)
            : WalkToOpen(path, follow, out dentry, out slash);
        if (error != LinuxError.OK)
            return error;
        error = CheckOpen(dentry, flags, access, created, slash);
        if (error != LinuxError.OK)
            return error;
        bool truncates = !created && dentry.Inode!.Type == FileType.Regular && (flags & OpenFlags.Truncate) != 0;
        if ((flags & OpenFlags.Append) != 0)
            access |= OpenModes.Append;
        error = OpenDentry(dentry, access, truncates, out file);
        if (error == LinuxError.OK && truncates)
            error = Truncate(dentry, 0, always: true, truncating: true);
        if (error != LinuxError.OK && file is not null)
            Release(file);
        return error;
    }

    private LinuxError WalkToOpen(BytePath path, bool follow, out OverlayDentry dentry, out bool slash)
    {
        slash = path.Length > 0 && path.Span[^1] == Slash;
        return Walk(path, follow, out dentry);
    }

    /// <summary>Finds the file of an open with O_CREAT, or makes it; a symbolic link at the end leads on.</summary>
    private LinuxError FindOrCreate(BytePath path, bool follow, int mode, out OverlayDentry dentry, out bool created)
    {
        created = false;
        dentry = _mount.Root;
        OverlayDentry start = _mount.Root;
        ByteString rest = path.Bytes;
        int links = 0;
        while (true)
        {
            LinuxError error = WalkToParent(start, rest, ref links, out LastComponent last);
            if (error != LinuxError.OK)
                return error;
            if (last.Kind != LastKind.Name || last.HasTrailingSlash)
                return LinuxError.EISDIR;
            if (last.Directory.Inode!.IsDead)
                return LinuxError.ENOENT;
            error = _mount.Lookup(last.Directory, last.Name, out dentry);
            if (error != LinuxError.OK)
                return error;
            if (dentry.IsNegative)
            {
                error = _mount.IsReadOnly ? LinuxError.EROFS : CheckCreate(last.Directory);
                if (error != LinuxError.OK)
                    return error;
                created = true;
                return CreateAt(dentry, FileType.Regular, mode, default, default);
            }

            if (dentry.Inode!.Type != FileType.SymbolicLink || !follow)
                return LinuxError.OK;
            if (links++ >= MaximumLinks)
                return LinuxError.ELOOP;
            OverlayMount.Accessed(dentry.Inode);
            rest = dentry.Inode.Real.LinkTarget;
            start = rest.Length > 0 && rest.Span[0] == Slash ? _mount.Root : last.Directory;
        }
    }

    private LinuxError CheckOpen(OverlayDentry dentry, OpenFlags flags, OpenModes access, bool created, bool slash)
    {
        OverlayInode inode = dentry.Inode!;
        if ((flags & OpenFlags.Create) != 0 && !created)
        {
            if ((flags & OpenFlags.Exclusive) != 0)
                return LinuxError.EEXIST;
            if (!MayCreateInSticky(dentry))
                return LinuxError.EACCES;
            if (inode.IsDirectory)
                return LinuxError.EISDIR;
        }

        if (((flags & OpenFlags.Directory) != 0 || slash) && !inode.IsDirectory)
            return LinuxError.ENOTDIR;
        if (created)
            return LinuxError.OK;
        bool truncates = (flags & OpenFlags.Truncate) != 0;
        if (truncates && inode.Type == FileType.Regular && _mount.IsReadOnly)
            return LinuxError.EROFS;

        bool writes = (access & OpenModes.Write) != 0 || truncates;
        if (inode.Type == FileType.SymbolicLink)
            return LinuxError.ELOOP;
        if (inode.IsDirectory && writes)
            return LinuxError.EISDIR;
        int mask = ((access & OpenModes.Read) != 0 ? Permissions.Read : 0) | (writes ? Permissions.Write : 0);
        LinuxError error = CheckPermission(inode, mask);
        if (error != LinuxError.OK)
            return error;
        if ((OverlayMount.Protection(inode) & FileAttributeFlags.Append) != 0)
        {
            bool appends = (flags & OpenFlags.Append) != 0;
            if (((access & OpenModes.Write) != 0 && !appends) || (truncates && inode.Type == FileType.Regular))
                return LinuxError.EPERM;
        }

        return (flags & OpenFlags.NoAccessTime) != 0 && !IsOwnerOrCapable(inode) ? LinuxError.EPERM : LinuxError.OK;
    }

    /// <summary>The rule of fs.protected_regular and fs.protected_fifos for O_CREAT in sticky directories.</summary>
    private bool MayCreateInSticky(OverlayDentry dentry)
    {
        BackingInode directory = dentry.Parent.Inode!.Real;
        BackingInode real = dentry.Inode!.Real;
        int level = real.Type switch
        {
            FileType.Fifo => _settings.ProtectedFifos,
            FileType.Regular => _settings.ProtectedRegular,
            _ => 0,
        };
        if (level == 0 || (directory.Mode & Permissions.Sticky) == 0 || real.Uid == directory.Uid || real.Uid == Caller.Uid)
            return true;
        return (directory.Mode & Permissions.Write) == 0 && !(level >= 2 && (directory.Mode & (Permissions.Write << 3)) != 0);
    }

    private LinuxError OpenTemporary(BytePath path, OpenModes access, int mode, out OpenFile? file)
    {
        file = null;
        if ((access & OpenModes.Write) == 0)
            return LinuxError.EINVAL;
        LinuxError error = Walk(path, follow: true, out OverlayDentry directory);
        if (error == LinuxError.OK && !directory.IsDirectory)
            error = LinuxError.ENOTDIR;
        if (error == LinuxError.OK && _mount.IsReadOnly)
            error = LinuxError.EROFS;
        if (error == LinuxError.OK)
            error = CheckPermission(directory.Inode!, Permissions.Write | Permissions.Execute);
        if (error == LinuxError.OK && !_mount.Rules.HasTemporaryFiles)
            error = LinuxError.ENOTSUP;
        if (error != LinuxError.OK)
            return error;
        var request = new NewObject
        {
            Type = FileType.Regular,
            Mode = PrepareMode(directory, mode, Permissions.All, FileType.Regular),
            Umask = Umask,
            Uid = Caller.Uid,
            Gid = Caller.Gid,
        };
        error = _mount.CreateUnnamed(directory, request, out OverlayDentry dentry);
        return error == LinuxError.OK ? OpenDentry(dentry, access, truncates: false, out file) : error;
    }

    private OpenFile NewFile(OverlayDentry dentry, OpenModes access)
    {
        OverlayMount.Pin(dentry);
        return new OpenFile(_journal, dentry, access);
    }

    /// <summary>Opens the real object: a file that is opened for writing or truncated is copied up first.</summary>
    private LinuxError OpenDentry(OverlayDentry dentry, OpenModes access, bool truncates, out OpenFile? file)
    {
        file = null;
        OverlayInode inode = dentry.Inode!;
        bool writes = (access & OpenModes.Write) != 0;
        switch (inode.Type)
        {
            case FileType.Socket:
            case FileType.BlockDevice:
                return LinuxError.ENXIO;
            case FileType.Fifo when (access & ~OpenModes.Append) == OpenModes.Write && !_files.Values.Any(open => open.Dentry.Inode == inode && open.CanRead):
                return LinuxError.ENXIO;
            case FileType.Fifo:
            case FileType.CharacterDevice:
                file = NewFile(dentry, access);
                return LinuxError.OK;
        }

        LinuxError error = _mount.FindLowerData(dentry);
        if (error == LinuxError.OK && (writes || truncates))
            error = _mount.CopyUp(dentry, writes, truncates);
        if (error != LinuxError.OK)
            return error;
        BackingInode? real = inode.IsDirectory ? inode.Real : OverlayMount.RealData(inode);
        if (real is null)
            return LinuxError.EIO;
        file = NewFile(dentry, access);
        file.Real = real;
        file.ReadsReal = inode.IsDirectory && !inode.Has(OverlayInodeFlags.Whiteouts);
        BackingFileSystem.Pin(real);
        return LinuxError.OK;
    }
}
