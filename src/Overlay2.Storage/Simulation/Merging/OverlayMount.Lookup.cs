using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    private const byte Slash = (byte)'/';

    /// <summary>Finds a name in a directory, from memory or from the layers; a name that is not there gives a negative entry.</summary>
    public LinuxError Lookup(OverlayDentry parent, ByteString name, out OverlayDentry dentry)
    {
        if (parent.Children.TryGetValue(name, out OverlayDentry? cached))
        {
            dentry = cached;
            return LinuxError.OK;
        }

        dentry = NewEntry(parent, name);
        LinuxError error = name.Length > 255 ? LinuxError.ENAMETOOLONG : LookupInLayers(dentry);
        if (error != LinuxError.OK)
        {
            Unpin(parent);
            return error;
        }

        dentry.IsHashed = true;
        parent.Children.Set(name, dentry);
        if (dentry.Inode is { } inode)
            inode.Aliases++;
        return LinuxError.OK;
    }

    private LinuxError LookupInLayers(OverlayDentry dentry)
    {
        OverlayDentry parent = dentry.Parent;
        LowerPath[] rootStack = Root.Inode!.LowerStack;
        LowerPath[] parentStack = parent.Inode!.LowerStack;
        var state = new LookupState(dentry.Name);
        BackingInode? upper = null;
        LowerPath? origin = null;
        ByteString? upperRedirect = null;
        bool upperOpaque = false;
        bool upperMetacopy = false;
        LinuxError error;

        if (parent.Upper is { } upperParent)
        {
            state.Layer = Upper!;
            error = LookupInLayer(upperParent, state, out upper);
            if (error != LinuxError.OK)
                return error;
            if (upper is not null && !state.IsDirectory)
            {
                origin = DecodeOrigin(upper);
                upperMetacopy = state.IsMetacopy;
            }

            if (state.Redirect is { } redirect)
            {
                upperRedirect = redirect;
                if (redirect.Span is [Slash, ..])
                    parentStack = rootStack;
            }

            upperOpaque = state.IsOpaque;
        }

        List<LowerPath> stack = [];
        BackingInode? verified = null;
        for (int i = 0; !state.Stop && i < parentStack.Length; i++)
        {
            LowerPath lower = parentStack[i];
            if (Rules.ChecksMarksBeforeNextLayer && !MayFollow(state, upperRedirect))
                return LinuxError.EPERM;
            if (!Features.RedirectFollow)
                state.IsLast = i == parentStack.Length - 1;
            else if (state.IsDirectory || DataLayers.Length == 0)
                state.IsLast = lower.Layer.Index == Lowers.Length;
            else
                state.IsLast = false;

            state.Layer = lower.Layer;
            error = LookupInLayer(lower.Inode!, state, out BackingInode? found);
            if (error != LinuxError.OK)
                return error;
            if (found is null)
                continue;

            if (!Rules.ChecksMarksBeforeNextLayer && (upperMetacopy || state.IsMetacopy) && !Features.Metacopy)
                return LinuxError.EPERM;

            bool first = stack.Count == 0;
            if (upper is not null && first && state.IsDirectory)
            {
                error = FixOrigin(dentry, found, upper);
                if (error != LinuxError.OK)
                    return error;
            }

            if (upper is not null && first && (state.IsDirectory ? Features.NfsExport : Features.Index && origin is not null))
            {
                error = VerifyHandle(upper, Marks.Origin, HandleOf(found, isUpper: false));
                if (error != LinuxError.OK)
                {
                    if (state.IsDirectory)
                        break;
                    return error;
                }

                verified = found;
            }

            if (!(state.IsMetacopy && !first))
                stack.Add(new LowerPath(found, lower.Layer));

            if (!Rules.ChecksMarksBeforeNextLayer && state.Redirect is not null && !Features.RedirectFollow)
                return LinuxError.EPERM;
            if (state.Stop)
                break;
            if (state.Redirect is { } next && next.Span is [Slash, ..] && parentStack != rootStack)
            {
                parentStack = rootStack;
                i = lower.Layer.Index - 1;
            }
        }

        ByteString? dataRedirect = null;
        if (state.IsMetacopy && stack.Count > 0 && DataLayers.Length > 0 && state.HasAbsoluteRedirect)
        {
            state.IsMetacopy = false;
            dataRedirect = state.Redirect;
            stack.Add(new LowerPath(null, DataLayers[0]));
        }
        else if (Rules.ChecksMarksBeforeNextLayer && !MayFollow(state, upperRedirect))
        {
            return LinuxError.EPERM;
        }

        if (state.IsMetacopy || (upperMetacopy && stack.Count == 0))
            return LinuxError.EIO;
        if (!state.IsDirectory && upper is not null && stack.Count == 0 && origin is { } known)
        {
            stack.Add(known);
            verified = known.Inode;
        }

        if (upper is null && stack.Count > 0)
            verified = stack[0].Inode;

        BackingInode? index = null;
        if (verified is not null && IndexDirectory is not null && (!state.IsDirectory || Features.NfsExport))
        {
            error = LookupIndex(upper, verified, verify: true, out index);
            if (error != LinuxError.OK)
                return error;
        }

        if (upperOpaque)
            dentry.IsOpaque = true;
        if (state.HasAttributeWhiteouts)
            dentry.HasAttributeWhiteouts = true;
        if (upper is not null)
        {
            dentry.HasUpperAlias = true;
        }
        else if (index is not null)
        {
            if (HasDamagedMetacopyMark(index))
                return LinuxError.EIO;
            upper = index;
            upperMetacopy = IsMetacopyMarked(index);
            if (!TryGetRedirect(index, out upperRedirect))
                return LinuxError.EINVAL;
        }

        if (upper is null && stack.Count == 0)
            return LinuxError.OK;
        error = GetInode(upper, [.. stack], index, upperRedirect, dataRedirect, out OverlayInode inode);
        if (error != LinuxError.OK)
            return error;
        if (upper is not null && !upperMetacopy)
            inode.Flags |= OverlayInodeFlags.UpperData;
        Instantiate(dentry, inode);
        return LinuxError.OK;
    }

    /// <summary>Whether the mount follows the marks met so far to another layer.</summary>
    private bool MayFollow(LookupState state, ByteString? upperRedirect) =>
        (Features.Metacopy || !state.IsMetacopy) && (Features.RedirectFollow || (state.Redirect is null && upperRedirect is null));

    /// <summary>Stores the lower origin on an upper directory that has none, and marks its parent.</summary>
    private LinuxError FixOrigin(OverlayDentry dentry, BackingInode lower, BackingInode upper)
    {
        if (!Rules.KeepsNumbers || upper.ExtendedAttributes.ContainsKey(Marks.Origin))
            return LinuxError.OK;
        SetOrigin(dentry, upper, HandleOf(lower, isUpper: false));
        MarkImpure(dentry.Parent);
        return LinuxError.OK;
    }

    /// <summary>What one lookup has learned on its way down the layers.</summary>
    private sealed class LookupState(ByteString name)
    {
        public ByteString Name { get; set; } = name;

        public OverlayLayer Layer { get; set; } = null!;

        public bool IsDirectory { get; set; }

        public bool IsOpaque { get; set; }

        public bool HasAttributeWhiteouts { get; set; }

        public bool Stop { get; set; }

        public bool IsLast { get; set; }

        public ByteString? Redirect { get; set; }

        public bool IsMetacopy { get; set; }

        public bool HasAbsoluteRedirect { get; set; }
    }
}
