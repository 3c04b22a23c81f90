using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>setxattr(2), or lsetxattr(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="name">The full name.</param>
    /// <param name="value">The value.</param>
    /// <param name="mode">Whether the attribute must or must not be there.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult SetExtendedAttribute(BytePath path, ByteString name, ReadOnlySpan<byte> value, AttributeMode mode, bool follow)
    {
        if (CheckAttribute(name, value.Length) is var refused && refused != LinuxError.OK)
            return Finish(refused);
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        return Finish(error == LinuxError.OK ? SetExtendedAttribute(dentry, name, value, mode) : error);
    }

    /// <summary>fsetxattr(2).</summary>
    /// <param name="descriptor">An open file.</param>
    /// <param name="name">The full name.</param>
    /// <param name="value">The value.</param>
    public OperationResult SetExtendedAttributeOfDescriptor(int descriptor, ByteString name, ReadOnlySpan<byte> value)
    {
        if (CheckAttribute(name, value.Length) is var refused && refused != LinuxError.OK)
            return Finish(refused);
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        return Finish(error == LinuxError.OK ? SetExtendedAttribute(file.Dentry, name, value, AttributeMode.Any) : error);
    }

    /// <summary>getxattr(2), or lgetxattr(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="name">The full name.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult<byte[]> GetExtendedAttribute(BytePath path, ByteString name, bool follow)
    {
        byte[] value = [];
        if (CheckAttribute(name, 0) is var refused && refused != LinuxError.OK)
            return Finish(refused, value);
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        if (error == LinuxError.OK && !PosixAcl.IsAclName(name))
            error = CheckAttributePermission(dentry.Inode!, name, writes: false);
        if (error == LinuxError.OK)
            error = _mount.GetExtendedAttribute(dentry, name, out value);
        return Finish(error, value);
    }

    /// <summary>listxattr(2), or llistxattr(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <returns>The names, sorted.</returns>
    public OperationResult<IReadOnlyList<ByteString>> ListExtendedAttributes(BytePath path, bool follow)
    {
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        IReadOnlyList<ByteString> names = error == LinuxError.OK ? _mount.ListExtendedAttributes(dentry, Caller.IsCapable) : [];
        return Finish(error, names);
    }

    /// <summary>removexattr(2), or lremovexattr(2) without <paramref name="follow"/>.</summary>
    /// <param name="path">The object.</param>
    /// <param name="name">The full name.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    public OperationResult RemoveExtendedAttribute(BytePath path, ByteString name, bool follow)
    {
        if (CheckAttribute(name, 0) is var refused && refused != LinuxError.OK)
            return Finish(refused);
        LinuxError error = Walk(path, follow, out OverlayDentry dentry);
        if (error == LinuxError.OK && _mount.IsReadOnly)
            error = LinuxError.EROFS;
        if (error != LinuxError.OK)
            return Finish(error);
        if (PosixAcl.IsAclName(name))
            return Finish(SetAcl(dentry, name, []));
        error = CheckAttributePermission(dentry.Inode!, name, writes: true);
        return Finish(error == LinuxError.OK ? _mount.RemoveExtendedAttribute(dentry, name) : error);
    }

    /// <summary>What a call refuses before it looks for the object: XATTR_NAME_MAX and XATTR_SIZE_MAX.</summary>
    private static LinuxError CheckAttribute(ByteString name, int length)
    {
        const int LongestName = 255, LargestValue = 65536;
        return name.Length is 0 or > LongestName ? LinuxError.ERANGE : length > LargestValue ? LinuxError.E2BIG : LinuxError.OK;
    }

    private LinuxError SetExtendedAttribute(OverlayDentry dentry, ByteString name, ReadOnlySpan<byte> value, AttributeMode mode)
    {
        if (_mount.IsReadOnly)
            return LinuxError.EROFS;
        if (PosixAcl.IsAclName(name))
            return SetAcl(dentry, name, value);
        if (name == Capability && !value.IsEmpty && !IsCapability(value))
            return LinuxError.EINVAL;
        LinuxError error = CheckAttributePermission(dentry.Inode!, name, writes: true);
        return error == LinuxError.OK
            ? _mount.SetExtendedAttribute(dentry, name, value, mode == AttributeMode.Create, mode == AttributeMode.Replace)
            : error;
    }

    /// <summary>Whether the bytes are file capabilities of version 2 or 3: capabilities(7).</summary>
    private static bool IsCapability(ReadOnlySpan<byte> value)
    {
        const int SizeOfVersion2 = 20, SizeOfVersion3 = 24;
        return value.Length switch { SizeOfVersion2 => value[3] == 2, SizeOfVersion3 => value[3] == 3, _ => false };
    }

    private LinuxError SetAcl(OverlayDentry dentry, ByteString name, ReadOnlySpan<byte> acl)
    {
        OverlayInode inode = dentry.Inode!;
        if (PosixAcl.IsEmpty(acl))
            acl = [];
        if (!acl.IsEmpty && !PosixAcl.IsValid(acl))
            return LinuxError.EINVAL;
        if (OverlayMount.Protection(inode) != FileAttributeFlags.None)
            return LinuxError.EPERM;
        if (inode.Type == FileType.SymbolicLink)
            return LinuxError.ENOTSUP;
        if (name == PosixAcl.DefaultName && !inode.IsDirectory)
            return acl.IsEmpty ? LinuxError.OK : LinuxError.EACCES;
        if (!IsOwnerOrCapable(inode))
            return LinuxError.EPERM;
        return _mount.SetAcl(dentry, name, acl);
    }

    private LinuxError CheckAttributePermission(OverlayInode inode, ByteString name, bool writes)
    {
        if (writes && OverlayMount.Protection(inode) != FileAttributeFlags.None)
            return LinuxError.EPERM;
        ReadOnlySpan<byte> text = name.Span;
        if (text.StartsWith("security."u8))
            return writes && !Caller.IsCapable ? LinuxError.EPERM : LinuxError.OK;
        if (text.StartsWith("system."u8))
            return LinuxError.OK;
        if (text.StartsWith("trusted."u8))
            return Caller.IsCapable ? LinuxError.OK : writes ? LinuxError.EPERM : LinuxError.ENODATA;
        if (text.StartsWith("user."u8))
        {
            bool holdsUser = inode.Type is FileType.Regular or FileType.Directory || (inode.Type == FileType.Socket && _mount.Rules.SocketsHaveUserAttributes);
            if (!holdsUser)
                return writes ? LinuxError.EPERM : LinuxError.ENODATA;
            if (inode.IsDirectory && writes && (inode.Real.Mode & Permissions.Sticky) != 0 && !IsOwnerOrCapable(inode))
                return LinuxError.EPERM;
        }

        return CheckPermission(inode, writes ? Permissions.Write : Permissions.Read);
    }
}
