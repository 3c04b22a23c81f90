using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>Removes a name: unlink(2) and rmdir(2).</summary>
    public LinuxError Remove(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        bool hasLower = HasLowerEntry(dentry);
        List<DirectoryListing.Entry> whiteouts = [];
        LinuxError error = LinuxError.OK;
        if (inode.IsDirectory && (hasLower || !IsPureUpper(inode)))
            error = CheckEmpty(dentry, whiteouts);
        if (error == LinuxError.OK)
            error = CopyUp(dentry.Parent);
        if (error == LinuxError.OK)
            error = BeginLinkChange(dentry);
        if (error != LinuxError.OK)
            return error;

        Pin(dentry);
        bool impurity = hasLower || inode.HasOrigin;
        if (whiteouts.Count > 0)
            ClearDirectory(dentry, whiteouts);
        BackingInode directory = dentry.Parent.Upper!;
        if (hasLower)
            error = WhiteOut(dentry, directory);
        else if (!directory.Children!.TryGetValue(dentry.Name, out BackingInode? there) || (whiteouts.Count == 0 && there != inode.Upper))
            error = LinuxError.ESTALE;
        else
            error = Remove(directory, dentry.Name);
        if (error == LinuxError.OK)
        {
            DirectoryModified(dentry.Parent, impurity);
            Drop(dentry);
            DropLink(dentry);
        }

        EndLinkChange(dentry);
        Unpin(dentry);
        return error;
    }

    private static bool IsPureUpper(OverlayInode inode) => inode.LowerStack.Length == 0 && !inode.Has(OverlayInodeFlags.Whiteouts);

    /// <summary>Whether a lower layer has something at the name that must be hidden when the name goes.</summary>
    private bool HasLowerEntry(OverlayDentry dentry)
    {
        if (dentry.IsNegative)
            return dentry.IsOpaque;
        if (dentry.Upper is null)
            return true;
        foreach (LowerPath lower in dentry.Parent.Inode!.LowerStack)
        {
            if (lower.Inode is { IsDirectory: true } directory && directory.Children!.TryGetValue(dentry.Name, out BackingInode? found))
                return !IsWhiteout(found);
        }

        return false;
    }

    /// <summary>Puts a whiteout in the place of a name, or where nothing is yet.</summary>
    private LinuxError WhiteOut(OverlayDentry dentry, BackingInode directory)
    {
        directory.Children!.TryGetValue(dentry.Name, out BackingInode? there);
        if (dentry.Upper is not null && there is null)
            return LinuxError.ESTALE;
        Effects.Add(EffectKind.Whiteout, dentry);
        return ReplaceByWhiteout(directory, dentry.Name);
    }

    private LinuxError ReplaceByWhiteout(BackingInode directory, ByteString name)
    {
        ByteString whiteout = TakeWhiteout();
        if (directory.Children!.TryGetValue(name, out BackingInode? there) && there.IsDirectory)
        {
            UpperFileSystem.Exchange(WorkDirectory, whiteout, directory, name);
            return Remove(WorkDirectory, whiteout);
        }

        return UpperFileSystem.Rename(WorkDirectory, whiteout, directory, name, whiteout: false);
    }

    /// <summary>A whiteout in the work directory, ready to be moved: a link of the one that all of the mount share.</summary>
    private ByteString TakeWhiteout()
    {
        if (!Rules.SharesWhiteouts)
            return MakeWhiteout();
        ByteString shared = _state.SharedWhiteout ?? MakeWhiteout();
        Edit().SharedWhiteout = shared;
        ByteString link = NextTemporaryName();
        UpperFileSystem.Link(WorkDirectory.GetChild(shared), WorkDirectory, link);
        return link;
    }

    private ByteString MakeWhiteout()
    {
        ByteString name = NextTemporaryName();
        UpperFileSystem.Create(WorkDirectory, name, new NewObject { Type = FileType.CharacterDevice });
        return name;
    }

    /// <summary>Swaps a directory that holds nothing but whiteouts for an empty opaque one.</summary>
    private void ClearDirectory(OverlayDentry dentry, List<DirectoryListing.Entry> whiteouts)
    {
        BackingFileSystem fileSystem = UpperFileSystem;
        BackingInode old = dentry.Upper!;
        ByteString temporary = NextTemporaryName();
        BackingInode opaque = fileSystem.Create(WorkDirectory, temporary, new NewObject { Type = FileType.Directory, Mode = old.Mode });
        CopyExtendedAttributes(old, opaque);
        MarkOpaque(dentry, opaque);
        fileSystem.SetMode(opaque, old.Mode);
        fileSystem.SetOwner(opaque, old.Uid, old.Gid);
        fileSystem.SetTimes(opaque, old.AccessTime, old.ModificationTime);
        fileSystem.Exchange(WorkDirectory, temporary, dentry.Parent.Upper!, dentry.Name);
        foreach (DirectoryListing.Entry whiteout in whiteouts)
        {
            if (old.Children!.ContainsKey(whiteout.Name))
                Remove(old, whiteout.Name);
        }

        Remove(WorkDirectory, temporary);
    }
}
