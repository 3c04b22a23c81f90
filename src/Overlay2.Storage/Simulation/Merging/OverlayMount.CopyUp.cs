using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>The data that one step of a copy-up moves; steps in a row are made at once.</summary>
    private const long CopyChunk = 1 << 20;

    /// <summary>Copies up an object with its missing parents, as metadata only where the mount allows it.</summary>
    public LinuxError CopyUp(OverlayDentry dentry) => CopyUp(dentry, forWriting: false, truncating: false);

    /// <summary>Copies up an object so that its data can be changed.</summary>
    public LinuxError CopyUpWithData(OverlayDentry dentry) => CopyUp(dentry, forWriting: true, truncating: false);

    /// <summary>Copies up an object for an open with these flags; truncation leaves the data behind.</summary>
    public LinuxError CopyUp(OverlayDentry dentry, bool forWriting, bool truncating)
    {
        LinuxError error = FindLowerData(dentry);
        if (error != LinuxError.OK || IsCopiedUp(dentry, forWriting, truncating))
            return error;
        Stack<OverlayDentry> missing = new();
        for (OverlayDentry next = dentry; !next.IsRoot && next.Parent.Upper is null; next = next.Parent)
            missing.Push(next.Parent);
        while (error == LinuxError.OK && missing.TryPop(out OverlayDentry? above))
            error = CopyUpOne(above, forWriting, truncating);
        while (error == LinuxError.OK && !IsCopiedUp(dentry, forWriting, truncating))
            error = CopyUpOne(dentry, forWriting, truncating);
        return error;
    }

    private static bool NeedsData(OverlayDentry dentry, bool forWriting, bool truncating) =>
        dentry.Inode!.IsMetacopy && (forWriting || truncating);

    public static bool IsCopiedUp(OverlayDentry dentry, bool forWriting, bool truncating) =>
        dentry.Upper is not null && dentry.HasUpperAlias && !NeedsData(dentry, forWriting, truncating);

    private LinuxError CopyUpOne(OverlayDentry dentry, bool forWriting, bool truncating)
    {
        OverlayInode inode = dentry.Inode!;
        OverlayDentry parent = dentry.Parent;
        BackingInode directory = parent.Upper!;
        (long access, long modification) = (directory.AccessTime, directory.ModificationTime);
        LinuxError error = LinuxError.OK;
        if (inode.Upper is null)
            error = CopyUpObject(dentry, directory, forWriting, truncating, access, modification);
        if (error == LinuxError.OK && !dentry.HasUpperAlias)
            error = LinkUp(dentry, directory, access, modification);
        if (error == LinuxError.OK && NeedsData(dentry, forWriting, truncating))
            error = CopyUpMetacopyData(dentry, truncating);
        return error;
    }

    private LinuxError CopyUpObject(OverlayDentry dentry, BackingInode parent, bool forWriting, bool truncating, long access, long modification)
    {
        OverlayInode inode = dentry.Inode!;
        BackingInode lower = inode.LowerStack[0].Inode!;
        bool indexed = NeedsIndex(dentry);
        bool toIndex = indexed && !lower.IsDirectory;
        bool metacopy = Features.Metacopy && lower.IsRegular && !forWriting && !truncating;
        byte[]? origin = lower.IsDirectory || lower.LinkCount == 1 || toIndex ? HandleOf(lower, isUpper: false) : null;
        BackingInode destination = toIndex ? IndexDirectory! : parent;
        ByteString name = toIndex ? IndexName(lower) : dentry.Name;
        if (!toIndex)
            MarkImpure(dentry.Parent);

        BackingFileSystem fileSystem = UpperFileSystem;
        BackingInode copy;
        ByteString temporary = default;
        LinuxError error;
        if (lower.IsRegular)
        {
            copy = fileSystem.CreateUnnamed(WorkDirectory, new NewObject { Type = FileType.Regular, Mode = lower.Mode });
            BackingFileSystem.Pin(copy);
        }
        else
        {
            temporary = NextTemporaryName();
            copy = fileSystem.Create(WorkDirectory, temporary, new NewObject { Type = lower.Type, Device = lower.Device, LinkTarget = lower.LinkTarget });
        }

        long copied = 0;
        error = metacopy || !lower.IsRegular || truncating ? LinuxError.OK : CopyData(dentry, copy, out copied);
        if (error == LinuxError.OK)
            error = CopyMetadata(dentry, lower, copy, origin, metacopy, truncating);
        if (error == LinuxError.OK && lower.IsDirectory && indexed)
            error = CreateDirectoryIndex(IndexName(lower), copy);
        if (error == LinuxError.OK)
            error = CheckPlace(destination, name, lower);
        if (error == LinuxError.OK && !lower.IsRegular)
            error = fileSystem.Rename(WorkDirectory, temporary, destination, name, whiteout: false);
        if (error != LinuxError.OK)
        {
            if (lower.IsRegular)
                BackingFileSystem.Unpin(copy);
            else
                Remove(WorkDirectory, temporary);
            return error;
        }

        if (lower.IsRegular)
        {
            fileSystem.Link(copy, destination, name);
            BackingFileSystem.Unpin(copy);
        }

        NoteCopyUp(dentry, lower, copied, metacopy, truncating, broken: origin is null);
        if (!metacopy)
            inode.Flags |= OverlayInodeFlags.UpperData;
        InstallUpper(inode, copy);
        if (lower.IsDirectory)
            inode.Flags |= OverlayInodeFlags.Whiteouts;
        if (indexed)
            inode.Flags |= OverlayInodeFlags.Index;
        if (toIndex)
            return StoreLinkCount(dentry, copy, 'U');
        fileSystem.SetTimes(parent, access, modification);
        dentry.HasUpperAlias = true;
        return LinuxError.OK;
    }

    /// <summary>Whether a copy can get its name: a directory that was removed meanwhile takes none, what came into the place is in the way.</summary>
    private static LinuxError CheckPlace(BackingInode destination, ByteString name, BackingInode lower)
    {
        bool isTaken = destination.Children!.TryGetValue(name, out BackingInode? there);
        if (isTaken && lower.IsRegular)
            return LinuxError.EEXIST;
        if (destination.LinkCount == 0)
            return LinuxError.ENOENT;
        if (isTaken && lower.IsDirectory != there!.IsDirectory)
            return lower.IsDirectory ? LinuxError.ENOTDIR : LinuxError.EISDIR;
        return LinuxError.OK;
    }

    private void NoteCopyUp(OverlayDentry dentry, BackingInode lower, long copied, bool metacopy, bool truncating, bool broken)
    {
        if (lower.IsDirectory)
            Effects.Add(EffectKind.DirectoryCopyUp, dentry);
        else if (lower.IsRegular && !metacopy && !truncating)
            Effects.Add(EffectKind.CopyUp, dentry, copied);
        else
            Effects.Add(EffectKind.MetadataCopyUp, dentry);
        if (lower.IsRegular && !metacopy && !Features.Volatile)
            Effects.Add(EffectKind.Sync, dentry);
        if (!broken)
            return;
        Effects.Add(EffectKind.LinkBroken, dentry);
        Effects.Add(EffectKind.NumberChanged, dentry);
    }

    /// <summary>Gives an indexed object, whose data is up already, its name in the upper directory.</summary>
    private LinuxError LinkUp(OverlayDentry dentry, BackingInode parent, long access, long modification)
    {
        OverlayInode inode = dentry.Inode!;
        BackingInode upper = inode.Upper!;
        MarkImpure(dentry.Parent);
        LinuxError error = inode.Lower is { } lower ? StoreLinkCount(dentry, lower, 'L') : LinuxError.OK;
        if (error != LinuxError.OK)
            return error;
        if (parent.Children!.ContainsKey(dentry.Name))
            return LinuxError.EEXIST;
        UpperFileSystem.Link(upper, parent, dentry.Name);
        UpperFileSystem.SetTimes(parent, access, modification);
        dentry.HasUpperAlias = true;
        return StoreLinkCount(dentry, upper, 'U');
    }

    /// <summary>Copies the data of a metacopy into it and removes the mark; what was copied before an error stays.</summary>
    private LinuxError CopyUpMetacopyData(OverlayDentry dentry, bool truncating)
    {
        OverlayInode inode = dentry.Inode!;
        BackingInode upper = inode.Upper!;
        upper.ExtendedAttributes.TryGetValue(CapabilityName, out byte[]? capability);
        long copied = 0;
        if (!truncating)
        {
            LinuxError error = CopyData(dentry, upper, out copied);
            if (error != LinuxError.OK)
                return error;
        }

        if (capability is not null)
            UpperFileSystem.SetExtendedAttribute(upper, CapabilityName, capability);
        UpperFileSystem.RemoveExtendedAttribute(upper, Marks.Metacopy);
        inode.Flags |= OverlayInodeFlags.UpperData;
        Effects.Add(EffectKind.DataCopyUp, dentry, copied);
        if (!Features.Volatile)
            Effects.Add(EffectKind.Sync, dentry);
        return LinuxError.OK;
    }

    private LinuxError CopyData(OverlayDentry dentry, BackingInode target, out long copied)
    {
        copied = 0;
        if (LowerData(dentry.Inode!) is not { } source)
            return LinuxError.EIO;
        BackingFileSystem from = source.FileSystem;
        if (source.Size == 0)
            return LinuxError.OK;
        if (Rules.SharesBlocks && from.SharesBlocks && from == target.FileSystem)
        {
            from.Clone(source, target);
            return LinuxError.OK;
        }

        long at = 0;
        while (at < source.Size)
        {
            long end = source.Size;
            if (Rules.KeepsHoles)
            {
                // Holes are looked for once a step; one that starts inside a step is filled with zeros.
                if (from.Seek(source, at, data: true, out at) != LinuxError.OK)
                    break;
                from.Seek(source, at, data: false, out long hole);
                long steps = ((hole - at - 1) / CopyChunk) + 1;
                if (steps <= (source.Size - at) / CopyChunk)
                    end = at + (steps * CopyChunk);
            }

            // Steps that find room for a part only are no error yet: the next one is, unless nothing but a hole is left.
            long moved = target.FileSystem.CopyRange(source, target, at, end);
            if (moved == 0)
                return LinuxError.ENOSPC;
            copied += moved;
            at += moved;
        }

        return LinuxError.OK;
    }

    private LinuxError CopyMetadata(OverlayDentry dentry, BackingInode lower, BackingInode copy, byte[]? origin, bool metacopy, bool truncating)
    {
        BackingFileSystem fileSystem = UpperFileSystem;
        LinuxError error = CopyExtendedAttributes(lower, copy);
        if (error != LinuxError.OK)
            return error;
        CopyFlags(lower, copy, dentry.Inode!);
        if (origin is not null)
            SetOrigin(dentry, copy, origin);
        if (metacopy)
        {
            error = fileSystem.SetExtendedAttribute(copy, Marks.Metacopy, []);
            if (error != LinuxError.OK)
                return error;
        }

        if (lower.IsRegular)
            error = fileSystem.SetSize(copy, truncating ? 0 : lower.Size, always: false);
        if (error != LinuxError.OK)
            return error;
        if (lower.Type != FileType.SymbolicLink)
            fileSystem.SetMode(copy, lower.Mode);
        fileSystem.SetOwner(copy, lower.Uid, lower.Gid);
        fileSystem.SetTimes(copy, lower.AccessTime, lower.ModificationTime);
        return LinuxError.OK;
    }

    /// <summary>Copies the attributes that are not the overlay's own; the ones the upper file system cannot hold are left out.</summary>
    private LinuxError CopyExtendedAttributes(BackingInode source, BackingInode target)
    {
        foreach ((ByteString name, byte[] value) in source.ExtendedAttributes.Items)
        {
            if (IsOwnMark(name) && !(Rules.EscapesAttributes && name.Span.StartsWith(Marks.EscapedPrefix.Span)))
                continue;
            LinuxError error = PosixAcl.IsAclName(name)
                ? target.FileSystem.SetAcl(target, name, value)
                : target.FileSystem.SetExtendedAttribute(target, name, value);
            if (error != LinuxError.OK && !(error == LinuxError.ENOTSUP && Rules.SkipsRefusedAttributes))
                return error;
        }

        return LinuxError.OK;
    }

    private void CopyFlags(BackingInode source, BackingInode target, OverlayInode inode)
    {
        const FileAttributeFlags Copied = FileAttributeFlags.Sync | FileAttributeFlags.NoAccessTime;
        const FileAttributeFlags Protecting = FileAttributeFlags.Immutable | FileAttributeFlags.Append;
        if (!Rules.HasProtectionMark || source.Type is not (FileType.Regular or FileType.Directory) || (source.Flags & (Copied | Protecting)) == 0)
            return;
        if ((source.Flags & Protecting) != 0)
            StoreProtection(target, inode, source.Flags & Protecting);
        FileAttributeFlags flags = (target.Flags & ~Copied) | (source.Flags & Copied);
        if ((flags & ~target.FileSystem.SettableFlags) == 0)
            target.FileSystem.SetFlags(target, flags);
    }

    private void SetOrigin(OverlayDentry dentry, BackingInode upper, byte[] handle)
    {
        if (!Rules.KeepsNumbers)
            return;

        // An attribute that the object cannot hold (user.* on a symbolic link) is done without.
        if (UpperFileSystem.SetExtendedAttribute(upper, Marks.Origin, handle) == LinuxError.OK)
            Effects.AddMark(dentry, Marks.Origin);
    }

    /// <summary>Marks an upper directory as holding something that came from below.</summary>
    private void MarkImpure(OverlayDentry directory)
    {
        OverlayInode inode = directory.Inode!;
        if (inode.Has(OverlayInodeFlags.Impure) || !Rules.MarksImpure)
            return;
        UpperFileSystem.SetExtendedAttribute(inode.Upper!, Marks.Impure, "y"u8);
        inode.Flags |= OverlayInodeFlags.Impure;
        Effects.AddMark(directory, Marks.Impure);
    }

    private static readonly ByteString CapabilityName = ByteString.FromText("security.capability");
}
