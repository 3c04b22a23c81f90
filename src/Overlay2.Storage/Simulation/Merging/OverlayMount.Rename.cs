using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>Moves or exchanges names; the caller has settled what the VFS decides.</summary>
    /// <param name="old">The entry to move.</param>
    /// <param name="target">The entry of the new name, negative or not.</param>
    /// <param name="exchange">Whether both stay (RENAME_EXCHANGE).</param>
    public LinuxError Rename(OverlayDentry old, OverlayDentry target, bool exchange)
    {
        OverlayInode moved = old.Inode!;
        bool isDirectory = moved.IsDirectory;
        bool overwrite = !exchange;
        bool sameDirectory = old.Parent == target.Parent;
        if (!CanMove(moved) || (exchange && !CanMove(target.Inode!)))
            return LinuxError.EXDEV;

        List<DirectoryListing.Entry> whiteouts = [];
        LinuxError error = LinuxError.OK;
        if (overwrite && target.IsDirectory && !IsPureUpper(target.Inode!))
        {
            error = CheckEmpty(target, whiteouts);
            if (error != LinuxError.OK)
                return error;
        }

        bool leavesWhiteout = false;
        bool swaps = exchange;
        bool removesWhiteout = false;
        if (overwrite)
        {
            if (HasLowerEntry(old))
            {
                leavesWhiteout = !target.IsWhiteout;
                swaps = target.IsWhiteout;
            }
            else if (isDirectory && target.IsWhiteout)
            {
                swaps = removesWhiteout = true;
            }
        }

        error = CopyUp(old);
        if (error == LinuxError.OK)
            error = CopyUp(target.Parent);
        bool changesLinks = false;
        if (error == LinuxError.OK && exchange)
        {
            error = CopyUp(target);
        }
        else if (error == LinuxError.OK && !target.IsNegative)
        {
            error = BeginLinkChange(target);
            changesLinks = error == LinuxError.OK;
        }

        if (error != LinuxError.OK)
            return error;
        Pin(target);
        error = MoveReal(old, target, whiteouts, leavesWhiteout, swaps, exchange, sameDirectory);
        if (error == LinuxError.OK)
        {
            if (removesWhiteout)
                Remove(old.Parent.Upper!, old.Name);
            if (leavesWhiteout || (swaps && !exchange && !removesWhiteout))
                Effects.Add(EffectKind.Whiteout, old);
            if (overwrite && !target.IsNegative)
                DropLink(target);
            DirectoryModified(old.Parent, moved.HasOrigin || (exchange && target.Inode!.HasOrigin));
            DirectoryModified(target.Parent, moved.HasOrigin || target.Inode is { HasOrigin: true });
        }

        if (changesLinks)
            EndLinkChange(target);
        if (error == LinuxError.OK)
        {
            if (exchange)
                Exchange(old, target);
            else if (old.IsHashed)
                Move(old, target);
        }

        Unpin(target);
        return error;
    }

    private LinuxError MoveReal(OverlayDentry old, OverlayDentry target, List<DirectoryListing.Entry> whiteouts, bool leavesWhiteout, bool swaps, bool exchange, bool sameDirectory)
    {
        OverlayInode moved = old.Inode!;
        bool oldOpaque = old.IsOpaque;
        bool targetOpaque = target.IsOpaque;
        if (whiteouts.Count > 0)
            ClearDirectory(target, whiteouts);
        if (!sameDirectory)
        {
            if (moved.HasOrigin)
                MarkImpure(target.Parent);
            if (exchange && target.Inode!.HasOrigin)
                MarkImpure(old.Parent);
        }

        BackingInode oldDirectory = old.Parent.Upper!;
        BackingInode newDirectory = target.Parent.Upper!;
        if (!oldDirectory.Children!.TryGetValue(old.Name, out BackingInode? real) || real != moved.Upper)
            return LinuxError.ESTALE;
        newDirectory.Children!.TryGetValue(target.Name, out BackingInode? there);
        if (target.Upper is null ? there is not null && !(targetOpaque && there.IsWhiteout) : whiteouts.Count == 0 && there != target.Upper)
            return LinuxError.ESTALE;
        if (real == there)
            return LinuxError.OK;

        LinuxError error = MarkMoved(old, oldOpaque, target.Parent, sameDirectory);
        if (error == LinuxError.OK && exchange)
            error = MarkMoved(target, targetOpaque, old.Parent, sameDirectory);
        if (error != LinuxError.OK)
            return error;
        if (!swaps)
            return UpperFileSystem.Rename(oldDirectory, old.Name, newDirectory, target.Name, leavesWhiteout);
        if (there is null)
            return LinuxError.ESTALE;
        UpperFileSystem.Exchange(oldDirectory, old.Name, newDirectory, target.Name);
        return LinuxError.OK;
    }

    /// <summary>Lets an object be found in its new directory: what has lower parts gets a redirect, another directory hides what is below it there.</summary>
    private LinuxError MarkMoved(OverlayDentry dentry, bool isOpaque, OverlayDentry directory, bool sameDirectory)
    {
        OverlayInode inode = dentry.Inode!;
        if (inode.IsMergeOrLower)
            return SetRedirect(dentry, sameDirectory);
        if (inode.IsDirectory && !isOpaque && directory.Inode!.IsMerge)
            MarkOpaque(dentry, inode.Upper!);
        return LinuxError.OK;
    }

    private bool CanMove(OverlayInode inode) => Features.RedirectCreate || !inode.IsDirectory || !inode.IsMergeOrLower;
}
