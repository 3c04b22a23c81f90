using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>Makes a new object under a negative entry.</summary>
    public LinuxError Create(OverlayDentry dentry, NewObject request)
    {
        LinuxError error = CopyUp(dentry.Parent);
        if (error != LinuxError.OK)
            return error;
        BackingInode directory = dentry.Parent.Upper!;
        if (request.Type == FileType.SymbolicLink && !UpperFileSystem.HoldsLinkTarget(request.LinkTarget))
            return LinuxError.ENAMETOOLONG;
        BackingInode created = dentry.IsWhiteout
            ? CreateOverWhiteout(dentry, directory, request)
            : UpperFileSystem.Create(directory, dentry.Name, request);
        if (!dentry.IsOpaque && created.IsDirectory && dentry.Parent.Inode!.IsMerge && (Features.ForbidsOfflineChanges || Rules.AlwaysMarksNewDirectories))
            MarkOpaque(dentry, created);
        DirectoryModified(dentry.Parent, impurity: false);
        return InstantiateNew(dentry, created);
    }

    /// <summary>Makes an object without a name in a directory (O_TMPFILE).</summary>
    public LinuxError CreateUnnamed(OverlayDentry directory, NewObject request, out OverlayDentry dentry)
    {
        dentry = NewEntry(directory, ByteString.FromText("#unnamed"));
        LinuxError error = CopyUp(directory);
        if (error != LinuxError.OK)
            return error;
        BackingInode created = UpperFileSystem.CreateUnnamed(directory.Upper!, request);
        error = InstantiateNew(dentry, created);
        dentry.Inode!.IsLinkable = true;
        return error;
    }

    private LinuxError InstantiateNew(OverlayDentry dentry, BackingInode created)
    {
        dentry.HasUpperAlias = true;
        LinuxError error = GetInode(created, [], null, null, null, out OverlayInode inode);
        inode.Flags |= OverlayInodeFlags.UpperData;
        Instantiate(dentry, inode);
        return error;
    }

    /// <summary>Gives an object another name; <paramref name="dentry"/> is the negative entry of the new name.</summary>
    public LinuxError Link(OverlayDentry source, OverlayDentry dentry)
    {
        LinuxError error = CopyUp(source);
        if (error == LinuxError.OK)
            error = CopyUp(dentry.Parent);
        if (error == LinuxError.OK)
            error = BeginLinkChange(source);
        if (error != LinuxError.OK)
            return error;
        if (source.Inode!.IsMetacopy)
            error = SetRedirect(source, sameDirectory: false);
        if (error == LinuxError.OK)
        {
            OverlayInode inode = source.Inode;
            if (inode.HasOrigin)
                MarkImpure(dentry.Parent);
            BackingInode directory = dentry.Parent.Upper!;
            if (dentry.IsWhiteout)
            {
                ByteString temporary = NextTemporaryName();
                UpperFileSystem.Link(inode.Upper!, WorkDirectory, temporary);
                UpperFileSystem.Rename(WorkDirectory, temporary, directory, dentry.Name, whiteout: false);
            }
            else
            {
                UpperFileSystem.Link(inode.Upper!, directory, dentry.Name);
            }

            DirectoryModified(dentry.Parent, impurity: inode.HasOrigin);
            inode.LinkCount++;
            inode.IsLinkable = false;

            // The new name is not remembered: the next walk looks it up afresh.
            Drop(dentry);
        }

        EndLinkChange(source);
        return error;
    }

    /// <summary>Makes an object in the work directory and puts it in the place of a whiteout.</summary>
    private BackingInode CreateOverWhiteout(OverlayDentry dentry, BackingInode directory, NewObject request)
    {
        BackingFileSystem fileSystem = UpperFileSystem;

        // Owner, mode and ACL are those the object would have got in its directory, not in the work directory.
        BackingInode model = fileSystem.CreateUnnamed(directory, request);
        ByteString temporary = NextTemporaryName();
        BackingInode created = fileSystem.Create(WorkDirectory, temporary, request with { Uid = model.Uid, Gid = model.Gid });
        created.Gid = model.Gid;
        created.Mode = model.Mode;
        foreach ((ByteString name, byte[] value) in model.ExtendedAttributes.Items)
            created.ExtendedAttributes.Set(name, value);
        BackingFileSystem.Pin(model);
        BackingFileSystem.Unpin(model);

        if (created.IsDirectory)
        {
            MarkOpaque(dentry, created);
            fileSystem.Exchange(WorkDirectory, temporary, directory, dentry.Name);
            Remove(WorkDirectory, temporary);
        }
        else
        {
            fileSystem.Rename(WorkDirectory, temporary, directory, dentry.Name, whiteout: false);
        }

        return created;
    }

    private void MarkOpaque(OverlayDentry dentry, BackingInode directory)
    {
        UpperFileSystem.SetExtendedAttribute(directory, Marks.Opaque, "y"u8);
        dentry.IsOpaque = true;
        Effects.AddMark(dentry, Marks.Opaque);
    }

    /// <summary>Stores where the lower part of a moved or linked object is found; EXDEV when the path is too long.</summary>
    private LinuxError SetRedirect(OverlayDentry dentry, bool sameDirectory)
    {
        OverlayInode inode = dentry.Inode!;
        bool absolute = !sameDirectory || (!inode.IsDirectory && inode.Lower is { LinkCount: > 1 });
        if (inode.Redirect is { } known && (!absolute || known.Span[0] == Slash))
            return LinuxError.OK;
        ByteString redirect = dentry.Name;
        if (absolute && !TryGetAbsoluteRedirect(dentry, out redirect))
            return LinuxError.EXDEV;
        if (UpperFileSystem.SetExtendedAttribute(inode.Upper!, Marks.Redirect, redirect.Span) != LinuxError.OK)
            return LinuxError.EXDEV;
        inode.Redirect = redirect;
        Effects.AddMark(dentry, Marks.Redirect);
        return LinuxError.OK;
    }

    private bool TryGetAbsoluteRedirect(OverlayDentry dentry, out ByteString redirect)
    {
        List<ByteString> parts = [];
        int length = 0;
        for (OverlayDentry at = dentry; !at.IsRoot; at = at.Parent)
        {
            ByteString part = at.Inode!.Redirect ?? at.Name;
            parts.Add(part);
            length += part.Length;
            if (part.Span[0] == Slash)
                break;
            length++;
        }

        redirect = default;
        if (length > Features.RedirectMax)
            return false;
        var path = new List<byte>(length);
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (parts[i].Span[0] != Slash)
                path.Add(Slash);
            path.AddRange(parts[i].Span);
        }

        redirect = ByteString.Wrap(path.ToArray());
        return true;
    }

}
