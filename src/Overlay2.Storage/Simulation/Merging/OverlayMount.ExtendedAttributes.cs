using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    private static readonly ByteString EscapePart = ByteString.FromText("overlay.");

    /// <summary>Reads an attribute of the object whose attributes are shown.</summary>
    public LinuxError GetExtendedAttribute(OverlayDentry dentry, ByteString name, out byte[] value)
    {
        value = [];
        LinuxError error = GetRealName(name, out ByteString realName);
        if (error != LinuxError.OK)
            return error;
        BackingInode real = dentry.Inode!.Real;
        return BackingFileSystem.GetExtendedAttribute(real, realName, out value);
    }

    /// <summary>Copies up, then sets the attribute: what the file system thinks of it shows only after the copy-up.</summary>
    public LinuxError SetExtendedAttribute(OverlayDentry dentry, ByteString name, ReadOnlySpan<byte> value, bool create, bool replace)
    {
        LinuxError error = GetRealName(name, out ByteString realName);
        if (error == LinuxError.OK)
            error = CopyUpInode(dentry);
        return error == LinuxError.OK
            ? UpperFileSystem.SetExtendedAttribute(dentry.Upper!, realName, value, create, replace)
            : error;
    }

    /// <summary>Removes an attribute; one that a lower object does not have is no reason to copy it up.</summary>
    public LinuxError RemoveExtendedAttribute(OverlayDentry dentry, ByteString name)
    {
        LinuxError error = GetRealName(name, out ByteString realName);
        BackingInode real = dentry.Inode!.Real;
        if (error == LinuxError.OK && dentry.Upper is null)
            error = BackingFileSystem.GetExtendedAttribute(real, realName, out _);
        if (error == LinuxError.OK)
            error = CopyUpInode(dentry);
        return error == LinuxError.OK ? UpperFileSystem.RemoveExtendedAttribute(dentry.Upper!, realName) : error;
    }

    /// <summary>Sets or, with an empty list, removes an ACL.</summary>
    public LinuxError SetAcl(OverlayDentry dentry, ByteString name, ReadOnlySpan<byte> acl)
    {
        BackingInode real = dentry.Inode!.Real;
        if (acl.IsEmpty && dentry.Upper is null && !real.ExtendedAttributes.ContainsKey(name))
            return LinuxError.ENODATA;
        LinuxError error = CopyUpInode(dentry);
        return error == LinuxError.OK ? UpperFileSystem.SetAcl(dentry.Upper!, name, acl) : error;
    }

    /// <summary>The names that are shown: the overlay's own marks are hidden, escaped ones have their plain names.</summary>
    public List<ByteString> ListExtendedAttributes(OverlayDentry dentry, bool showsTrusted)
    {
        List<ByteString> names = [];
        BackingInode real = dentry.Inode!.Real;
        foreach ((ByteString name, _) in real.FileSystem.ShownAttributes(real))
        {
            if (!showsTrusted && name.Span.StartsWith("trusted."u8))
                continue;
            if (!IsOwnMark(name))
            {
                names.Add(name);
            }
            else if (Rules.EscapesAttributes && name.Span.StartsWith(Marks.EscapedPrefix.Span))
            {
                byte[] plain = [.. Marks.Prefix.Span, .. name.Span[Marks.EscapedPrefix.Length..]];
                names.Add(ByteString.Wrap(plain));
            }
        }

        names.Sort();
        return names;
    }

    /// <summary>Attributes belong to the inode: one that is up already, if only under another name, needs no more.</summary>
    private LinuxError CopyUpInode(OverlayDentry dentry) => dentry.Upper is null ? CopyUp(dentry) : LinuxError.OK;

    /// <summary>The name under which an attribute is stored: one of the overlay's own name space is escaped, if that leaves it short enough.</summary>
    private LinuxError GetRealName(ByteString name, out ByteString realName)
    {
        realName = name;
        if (!IsOwnMark(name))
            return LinuxError.OK;
        if (name.Length == Marks.Prefix.Length)
            return LinuxError.EINVAL;
        byte[] escaped = [.. Marks.Prefix.Span, .. EscapePart.Span, .. name.Span[Marks.Prefix.Length..]];
        realName = ByteString.Wrap(escaped);
        return Rules.EscapesAttributes && escaped.Length <= BackingFileSystem.MaximumName ? LinuxError.OK : LinuxError.ENOTSUP;
    }
}
