using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
    /// <summary>The flags that FS_IOC_SETFLAGS can change here.</summary>
    public FileAttributeFlags SettableFlags => Kind == SimulatedFileSystemKind.Tmpfs
        ? FileAttributeFlags.Immutable | FileAttributeFlags.Append | FileAttributeFlags.NoDump | FileAttributeFlags.NoAccessTime
        : FileAttributeFlags.Immutable | FileAttributeFlags.Append | FileAttributeFlags.NoDump | FileAttributeFlags.NoAccessTime | FileAttributeFlags.Sync;

    /// <summary>Flags that FS_IOC_GETFLAGS always shows here and FS_IOC_SETFLAGS takes back: the extents of ext4.</summary>
    public FileAttributeFlags FixedFlags => Kind == SimulatedFileSystemKind.Ext4 ? (FileAttributeFlags)0x80000 : FileAttributeFlags.None;

    /// <summary>The earliest time that can be stored: 32 bits of seconds, except on tmpfs.</summary>
    private long EarliestTime => Kind == SimulatedFileSystemKind.Tmpfs ? long.MinValue : int.MinValue * 1_000_000_000L;

    /// <summary>Sets the mode; an access ACL follows it.</summary>
    public void SetMode(BackingInode inode, int mode)
    {
        inode.Mode = mode & Permissions.All;
        inode.ChangeTime = _clock.Now;
        if (inode.ExtendedAttributes.TryGetValue(PosixAcl.AccessName, out byte[]? acl))
            inode.ExtendedAttributes.Set(PosixAcl.AccessName, PosixAcl.WithMode(acl, mode));
    }

    public void SetOwner(BackingInode inode, uint? uid, uint? gid)
    {
        if (uid is { } user)
            inode.Uid = user;
        if (gid is { } group)
            inode.Gid = group;
        inode.ChangeTime = _clock.Now;
    }

    /// <summary>Sets times; <see langword="null"/> keeps one.</summary>
    public void SetTimes(BackingInode inode, long? access, long? modification)
    {
        if (access is { } a)
            inode.AccessTime = Math.Max(a, EarliestTime);
        if (modification is { } m)
            inode.ModificationTime = Math.Max(m, EarliestTime);
        inode.ChangeTime = _clock.Now;
    }

    public void SetFlags(BackingInode inode, FileAttributeFlags flags)
    {
        inode.Flags = flags;
        inode.ChangeTime = _clock.Now;
    }

    /// <summary>Notes a read: the access time becomes now unless the object says noatime.</summary>
    public void Accessed(BackingInode inode)
    {
        if ((inode.Flags & FileAttributeFlags.NoAccessTime) == 0)
            inode.AccessTime = _clock.Now;
    }

    /// <summary>The attributes that listxattr(2) shows: xfs shows an ACL in its own form too.</summary>
    public IEnumerable<KeyValuePair<ByteString, byte[]>> ShownAttributes(BackingInode inode)
    {
        foreach (KeyValuePair<ByteString, byte[]> attribute in inode.ExtendedAttributes.Items)
        {
            yield return attribute;
            if (Kind == SimulatedFileSystemKind.Xfs && XfsAcl.NameFor(attribute.Key) is { } name)
                yield return new KeyValuePair<ByteString, byte[]>(name, XfsAcl.FromPosix(attribute.Value));
        }
    }

    /// <summary>Sets an extended attribute as the file system does: name space, type of object and access ACL are looked at.</summary>
    /// <param name="inode">The object.</param>
    /// <param name="name">The full name.</param>
    /// <param name="value">The value.</param>
    /// <param name="create">Fail with EEXIST if it is there.</param>
    /// <param name="replace">Fail with ENODATA if it is not there.</param>
    public LinuxError SetExtendedAttribute(BackingInode inode, ByteString name, ReadOnlySpan<byte> value, bool create = false, bool replace = false)
    {
        LinuxError error = inode.FileSystem.CheckAttributeName(inode, name);
        if (error != LinuxError.OK)
            return error;
        bool exists = inode.ExtendedAttributes.ContainsKey(name);
        if (create && exists)
            return LinuxError.EEXIST;
        if (replace && !exists)
            return LinuxError.ENODATA;
        if (!FindPlace(inode, name, value))
            return LinuxError.ENOSPC;

        inode.ExtendedAttributes.Set(name, value.ToArray());
        inode.ChangeTime = _clock.Now;
        return LinuxError.OK;
    }

    /// <summary>Sets or, with an empty value, removes an ACL; the mode follows an access ACL.</summary>
    public LinuxError SetAcl(BackingInode inode, ByteString name, ReadOnlySpan<byte> value)
    {
        if (inode.Type == FileType.SymbolicLink)
            return LinuxError.ENOTSUP;
        inode.ChangeTime = _clock.Now;
        bool isNeedless = value.IsEmpty;
        if (!isNeedless && name == PosixAcl.AccessName)
            inode.Mode = (inode.Mode & ~Permissions.Access) | PosixAcl.ToMode(value, out isNeedless);
        else if (!isNeedless && !inode.IsDirectory)
            return LinuxError.EACCES;
        if (isNeedless)
        {
            inode.ExtendedAttributes.Remove(name);
            return LinuxError.OK;
        }

        if (!FindPlace(inode, name, value))
            return LinuxError.ENOSPC;
        inode.ExtendedAttributes.Set(name, value.ToArray());
        return LinuxError.OK;
    }

    /// <summary>Reads an extended attribute.</summary>
    public static LinuxError GetExtendedAttribute(BackingInode inode, ByteString name, out byte[] value)
    {
        value = [];
        LinuxError error = inode.FileSystem.CheckAttributeName(inode, name);
        if (error == LinuxError.EPERM)
            return LinuxError.ENODATA;
        if (error != LinuxError.OK)
            return error;
        if (!inode.ExtendedAttributes.TryGetValue(name, out byte[]? found))
        {
            if (inode.FileSystem.Kind != SimulatedFileSystemKind.Xfs || XfsAcl.PosixName(name) is not { } posix
                || !inode.ExtendedAttributes.TryGetValue(posix, out byte[]? acl))
            {
                return LinuxError.ENODATA;
            }

            found = XfsAcl.FromPosix(acl);
        }

        value = found;
        return LinuxError.OK;
    }

    public LinuxError RemoveExtendedAttribute(BackingInode inode, ByteString name)
    {
        LinuxError error = inode.FileSystem.CheckAttributeName(inode, name);
        if (error != LinuxError.OK)
            return error;
        if (!inode.ExtendedAttributes.Remove(name))
            return LinuxError.ENODATA;
        inode.ChangeTime = _clock.Now;
        return LinuxError.OK;
    }

    private LinuxError CheckAttributeName(BackingInode inode, ByteString name)
    {
        ReadOnlySpan<byte> text = name.Span;
        if (text is [.., (byte)'.'] && (text.SequenceEqual("user."u8) || text.SequenceEqual("trusted."u8) || text.SequenceEqual("security."u8)))
            return LinuxError.EINVAL;
        if (text.StartsWith("user."u8))
        {
            if (!HoldsUserAttributes)
                return LinuxError.ENOTSUP;
            bool holds = inode.IsRegular || inode.IsDirectory || (SocketsHoldUserAttributes && inode.Type == FileType.Socket);
            return holds ? LinuxError.OK : LinuxError.EPERM;
        }

        if (text.StartsWith("trusted."u8) || text.StartsWith("security."u8))
            return LinuxError.OK;
        if (PosixAcl.IsAclName(name))
            return inode.Type == FileType.SymbolicLink ? LinuxError.ENOTSUP : LinuxError.OK;
        return LinuxError.ENOTSUP;
    }
}
