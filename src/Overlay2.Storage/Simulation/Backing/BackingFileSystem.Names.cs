using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
    /// <summary>The longest name of an entry (NAME_MAX).</summary>
    public const int MaximumName = 255;

    /// <summary>Whether a symbolic link can say this: what fits into a block, or on xfs less than 1024 bytes.</summary>
    public bool HoldsLinkTarget(ByteString target) =>
        target.Length > 0 && target.Length < (Kind == SimulatedFileSystemKind.Xfs ? 1024 : PageSize) && !target.Span.Contains((byte)0);

    /// <summary>Makes a new object in a directory: owner, inherited group, default ACL, umask and inherited flags included.</summary>
    public BackingInode Create(BackingInode directory, ByteString name, in NewObject request)
    {
        BackingInode inode = CreateUnnamed(directory, request);
        inode.LinkCount = inode.IsDirectory ? 2 : 1;
        if (inode.IsDirectory)
            directory.LinkCount++;
        Enter(directory, name, inode);
        return inode;
    }

    /// <summary>Makes an object that belongs to a directory but has no name in it (O_TMPFILE).</summary>
    public BackingInode CreateUnnamed(BackingInode directory, in NewObject request)
    {
        int mode = request.Mode;
        uint gid = request.Gid;
        if ((directory.Mode & Permissions.SetGroupId) != 0)
        {
            gid = directory.Gid;
            if (request.Type == FileType.Directory)
                mode |= Permissions.SetGroupId;
        }

        byte[]? access = null;
        byte[]? defaults = null;
        if (request.Type != FileType.SymbolicLink)
        {
            if (directory.ExtendedAttributes.TryGetValue(PosixAcl.DefaultName, out byte[]? inherited))
            {
                access = PosixAcl.ForNewObject(inherited, ref mode, out bool equivalent);
                if (equivalent)
                    access = null;
                if (request.Type == FileType.Directory)
                    defaults = inherited;
            }
            else
            {
                mode &= ~request.Umask;
            }
        }

        BackingInode inode = NewInode(request.Type, mode, request.Uid, gid, request.Device, request.LinkTarget);
        if (access is not null && FindPlace(inode, PosixAcl.AccessName, access))
            inode.ExtendedAttributes.Set(PosixAcl.AccessName, access);
        if (defaults is not null && FindPlace(inode, PosixAcl.DefaultName, defaults))
            inode.ExtendedAttributes.Set(PosixAcl.DefaultName, defaults);
        FileAttributeFlags flags = directory.Flags & InheritedFlags(request.Type);
        if (flags != FileAttributeFlags.None)
            inode.Flags = flags;
        return inode;
    }

    /// <summary>Gives an object another name.</summary>
    public void Link(BackingInode inode, BackingInode directory, ByteString name)
    {
        inode.LinkCount++;
        inode.ChangeTime = _clock.Now;
        Enter(directory, name, inode);
    }

    /// <summary>Removes the name of a file, or an empty directory.</summary>
    public LinuxError Remove(BackingInode directory, ByteString name)
    {
        BackingInode inode = directory.GetChild(name);
        if (inode.Children is { Count: > 0 })
            return LinuxError.ENOTEMPTY;
        directory.Children!.Remove(name);
        Changed(directory);
        LoseName(directory, inode);
        return LinuxError.OK;
    }

    /// <summary>Moves a name, replacing what is at the target; with <paramref name="whiteout"/> a whiteout takes the old place.</summary>
    public LinuxError Rename(BackingInode oldDirectory, ByteString oldName, BackingInode newDirectory, ByteString newName, bool whiteout)
    {
        BackingInode inode = oldDirectory.GetChild(oldName);
        newDirectory.Children!.TryGetValue(newName, out BackingInode? target);
        if (target == inode)
            return LinuxError.OK;
        if (target is { IsDirectory: true } && target.Children!.Count > 0)
        {
            // ext4 has put the whiteout in by then and takes it back; xfs has an error number of its own.
            if (whiteout && Kind == SimulatedFileSystemKind.Ext4)
                Changed(oldDirectory);
            return Kind == SimulatedFileSystemKind.Xfs ? LinuxError.EEXIST : LinuxError.ENOTEMPTY;
        }

        oldDirectory.Children!.Remove(oldName);
        if (whiteout)
        {
            var request = new NewObject { Type = FileType.CharacterDevice };
            BackingInode mark = CreateUnnamed(Kind == SimulatedFileSystemKind.Xfs ? newDirectory : oldDirectory, request);
            if (Kind == SimulatedFileSystemKind.Xfs)
                mark.ExtendedAttributes.Clear();
            mark.LinkCount = 1;
            oldDirectory.Children.Set(oldName, mark);
        }

        newDirectory.Children.Set(newName, inode);
        Reparent(inode, oldDirectory, newDirectory);
        inode.ChangeTime = _clock.Now;
        Changed(oldDirectory);
        Changed(newDirectory);
        if (target is not null)
            LoseName(newDirectory, target);
        return LinuxError.OK;
    }

    /// <summary>Exchanges two names (RENAME_EXCHANGE).</summary>
    public void Exchange(BackingInode oldDirectory, ByteString oldName, BackingInode newDirectory, ByteString newName)
    {
        BackingInode first = oldDirectory.GetChild(oldName);
        BackingInode second = newDirectory.GetChild(newName);
        oldDirectory.Children!.Remove(oldName);
        newDirectory.Children!.Remove(newName);
        oldDirectory.Children.Set(oldName, second);
        newDirectory.Children.Set(newName, first);
        // To xfs another ".." is a change of the directory.
        if (Reparent(first, oldDirectory, newDirectory) && Kind == SimulatedFileSystemKind.Xfs)
            Changed(first);
        if (Reparent(second, newDirectory, oldDirectory) && Kind == SimulatedFileSystemKind.Xfs)
            Changed(second);
        first.ChangeTime = _clock.Now;
        second.ChangeTime = _clock.Now;
        Changed(oldDirectory);
        Changed(newDirectory);
    }

    /// <summary>Where lseek(2) takes a directory to end: ext4 counts in hashes, xfs in the bytes of its entries.</summary>
    public long DirectoryEnd(BackingInode directory)
    {
        const int InlineSpace = 336;
        if (Kind == SimulatedFileSystemKind.Ext4)
            return long.MaxValue;
        long inline = 6 + directory.Children!.Items.Sum(static item => item.Key.Length + 8L);
        return inline <= InlineSpace ? inline : (inline + PageSize - 1) / PageSize * PageSize;
    }

    private FileAttributeFlags InheritedFlags(FileType type)
    {
        const FileAttributeFlags Everywhere = FileAttributeFlags.NoDump | FileAttributeFlags.NoAccessTime;
        return type is FileType.Regular or FileType.Directory && Kind != SimulatedFileSystemKind.Tmpfs
            ? Everywhere | FileAttributeFlags.Sync
            : Everywhere;
    }

    private void Enter(BackingInode directory, ByteString name, BackingInode inode)
    {
        directory.Children!.Set(name, inode);
        if (inode.IsDirectory)
            inode.Parent = directory;
        Changed(directory);
    }

    /// <summary>Changes ".." of a directory that was moved, and the link counts that go with it.</summary>
    /// <returns>Whether it was another one.</returns>
    private static bool Reparent(BackingInode inode, BackingInode from, BackingInode to)
    {
        if (!inode.IsDirectory || inode.Parent == to)
            return false;
        inode.Parent = to;
        from.LinkCount--;
        to.LinkCount++;
        return true;
    }

    /// <summary>Counts a name less; a directory has only one.</summary>
    private void LoseName(BackingInode directory, BackingInode inode)
    {
        if (inode.IsDirectory)
            directory.LinkCount--;
        inode.LinkCount = inode.IsDirectory ? 0 : inode.LinkCount - 1;
        inode.ChangeTime = _clock.Now;
        ReleaseIfUnused(inode);
    }
}
