using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    private byte[] HandleOf(BackingInode inode, bool isUpper) => OverlayFileHandle.Encode(inode, isUpper, Features.HandleUuid);

    private ByteString IndexName(BackingInode lower) => IndexName(HandleOf(lower, isUpper: false));

    private static ByteString IndexName(ReadOnlySpan<byte> handle) => ByteString.Wrap(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(handle)));

    /// <summary>The lower object that the origin mark of an upper file names, if a lower file system has it.</summary>
    private LowerPath? DecodeOrigin(BackingInode upper) =>
        upper.ExtendedAttributes.TryGetValue(Marks.Origin, out byte[]? handle) ? DecodeLower(handle) : null;

    private LowerPath? DecodeLower(ReadOnlySpan<byte> handle)
    {
        foreach (OverlayLayer layer in Lowers.Concat(DataLayers))
        {
            if (DecodeIn(handle, layer) is { } inode)
                return new LowerPath(inode, layer);
        }

        return null;
    }

    private BackingInode? DecodeIn(ReadOnlySpan<byte> handle, OverlayLayer layer)
    {
        if (!OverlayFileHandle.IsWellFormed(handle))
            return null;
        BackingFileSystem fileSystem = layer.Root.FileSystem;
        ReadOnlySpan<byte> uuid = OverlayFileHandle.Uuid(handle);
        if (Features.HandleUuid ? !uuid.SequenceEqual(fileSystem.Uuid.Span) : uuid.ContainsAnyExcept((byte)0))
            return null;
        BackingInode? inode = OverlayFileHandle.Decode(handle, fileSystem);
        if (inode is { IsDirectory: true } && (inode.LinkCount == 0 || !IsBelow(inode, layer.Root)))
            return null;
        return inode;
    }

    private static bool IsBelow(BackingInode directory, BackingInode root)
    {
        for (BackingInode? at = directory; at is not null; at = at.Parent)
        {
            if (at == root)
                return true;
        }

        return false;
    }

    /// <summary>Compares a stored file handle with the one expected: ENODATA if none is stored, ESTALE if they differ.</summary>
    private static LinuxError VerifyHandle(BackingInode inode, ByteString mark, ReadOnlySpan<byte> expected)
    {
        if (!inode.ExtendedAttributes.TryGetValue(mark, out byte[]? stored) || !OverlayFileHandle.IsWellFormed(stored))
            return LinuxError.ENODATA;
        return stored.AsSpan().SequenceEqual(expected) ? LinuxError.OK : LinuxError.ESTALE;
    }

    private LinuxError LookupIndex(BackingInode? upper, BackingInode origin, bool verify, out BackingInode? index)
    {
        if (!IndexDirectory!.Children!.TryGetValue(IndexName(origin), out index))
            return LinuxError.OK;
        if (index.IsWhiteout && !verify)
            return LinuxError.ESTALE;
        if (index.IsWhiteout || index.Type != origin.Type)
            return LinuxError.EIO;
        if (index.IsDirectory && verify)
        {
            if (upper is null || VerifyHandle(index, Marks.Upper, HandleOf(upper, isUpper: true)) != LinuxError.OK)
                return LinuxError.EIO;
        }
        else if (upper is not null && upper != index)
        {
            index = null;
        }

        return LinuxError.OK;
    }

    /// <summary>Whether copying up the object makes an index entry.</summary>
    private bool NeedsIndex(OverlayDentry dentry)
    {
        if (IndexDirectory is null)
            return false;
        if (Features.NfsExport)
            return true;
        return !dentry.IsDirectory && dentry.Inode!.Lower is { LinkCount: > 1 };
    }

    /// <summary>The link count over all layers, from the mark that stores it relative to a real count.</summary>
    private int UnionLinkCount(BackingInode? lower, BackingInode? upper, int otherwise)
    {
        if (lower is null || upper is null || lower.LinkCount == 1
            || !upper.ExtendedAttributes.TryGetValue(Marks.LinkCount, out byte[]? value)
            || value.Length < 3 || value[0] is not ((byte)'L' or (byte)'U') || value[1] is not ((byte)'+' or (byte)'-')
            || !int.TryParse(value.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int difference))
        {
            return otherwise;
        }

        int count = (value[0] == 'L' ? lower : upper).LinkCount + difference;
        return count > 0 ? count : otherwise;
    }

    private LinuxError StoreLinkCount(OverlayDentry dentry, BackingInode relativeTo, char side)
    {
        OverlayInode inode = dentry.Inode!;
        string value = string.Create(CultureInfo.InvariantCulture, $"{side}{inode.LinkCount - relativeTo.LinkCount:+0;-0;+0}");
        return UpperFileSystem.SetExtendedAttribute(inode.Upper!, Marks.LinkCount, Encoding.ASCII.GetBytes(value));
    }

    /// <summary>Prepares a change of the link count: an indexed object is copied up and its union count stored.</summary>
    private LinuxError BeginLinkChange(OverlayDentry dentry)
    {
        LinuxError error = LinuxError.OK;
        if (NeedsIndex(dentry) && !dentry.HasUpperAlias)
            error = CopyUp(dentry);
        if (error != LinuxError.OK || dentry.IsDirectory || !dentry.Inode!.Has(OverlayInodeFlags.Index))
            return error;
        return StoreLinkCount(dentry, dentry.Upper!, 'U');
    }

    private void EndLinkChange(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        if (inode.Has(OverlayInodeFlags.Index) && inode.LinkCount == 0)
            CleanUpIndex(inode);
    }

    /// <summary>Removes the index entry of an object without names; with nfs_export a whiteout stays for stale handles.</summary>
    private void CleanUpIndex(OverlayInode inode)
    {
        if (inode.Lower is not { } lower)
            return;
        BackingInode upper = inode.Upper!;
        if (!upper.IsDirectory && upper.LinkCount != 1)
            return;
        ByteString name = IndexName(lower);
        if (!IndexDirectory!.Children!.ContainsKey(name))
            return;
        if (Features.NfsExport)
            ReplaceByWhiteout(IndexDirectory, name);
        else
            Remove(IndexDirectory, name);
    }

    /// <summary>Makes the index entry of a directory that is being copied up.</summary>
    private LinuxError CreateDirectoryIndex(ByteString name, BackingInode upper)
    {
        if (IndexDirectory!.Children!.ContainsKey(name))
            return LinuxError.EEXIST;
        ByteString temporary = NextTemporaryName();
        BackingInode entry = UpperFileSystem.Create(IndexDirectory, temporary, new NewObject { Type = FileType.Directory });
        UpperFileSystem.SetExtendedAttribute(entry, Marks.Upper, HandleOf(upper, isUpper: true));
        return UpperFileSystem.Rename(IndexDirectory, temporary, IndexDirectory, name, whiteout: false);
    }

    /// <summary>Removes what is in the work directory or behind a replaced name.</summary>
    private static LinuxError Remove(BackingInode directory, ByteString name) => directory.FileSystem.Remove(directory, name);
}
