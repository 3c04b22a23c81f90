using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>Finds the path of the lookup below one directory of one layer.</summary>
    private LinuxError LookupInLayer(BackingInode start, LookupState state, out BackingInode? found)
    {
        found = null;
        ReadOnlySpan<byte> name = state.Name.Span;
        if (name is not [Slash, ..])
            return LookupOne(start, state, 0, name.Length, out found);

        BackingInode? at = start;
        int begin = 1;
        while (at is { IsDirectory: true })
        {
            // The name changes when a redirect is met on the way; what follows it stays the same.
            name = state.Name.Span;
            int rest = name.Length - begin;
            int length = name[begin..].IndexOf(Slash);
            bool end = length < 0;
            if (end)
                length = rest;
            int behind = rest - length;
            LinuxError error = LookupOne(at, state, begin, length, out at);
            if (error != LinuxError.OK)
                return error;
            if (end)
                break;
            begin = state.Name.Length - behind + 1;
            if (begin > state.Name.Length)
                return LinuxError.EIO;
        }

        found = at;
        return LinuxError.OK;
    }

    private LinuxError LookupOne(BackingInode directory, LookupState state, int begin, int length, out BackingInode? found)
    {
        found = null;
        ByteString name = begin == 0 && length == state.Name.Length ? state.Name : ByteString.Wrap(state.Name.Memory.Slice(begin, length));
        bool isLastElement = begin + length == state.Name.Length;
        if (name.IsEmpty || name.Span.SequenceEqual("."u8) || name.Span.SequenceEqual(".."u8))
            return LinuxError.EACCES; // only a redirect can ask for these
        if (!directory.Children!.TryGetValue(name, out BackingInode? inode))
            return LinuxError.OK;
        if (IsWhiteout(inode))
        {
            state.Stop = state.IsOpaque = true;
            return LinuxError.OK;
        }

        if (isLastElement && state.IsMetacopy && !inode.IsRegular)
        {
            state.Stop = true;
            return LinuxError.OK;
        }

        if (!inode.IsDirectory)
        {
            if (state.IsDirectory || !isLastElement)
            {
                state.Stop = true;
                return LinuxError.OK;
            }

            if (HasDamagedMetacopyMark(inode))
                return LinuxError.EIO;
            state.IsMetacopy = IsMetacopyMarked(inode);
            state.Stop = !state.IsMetacopy;
            found = inode;
            if (!state.IsMetacopy || state.IsLast)
                return LinuxError.OK;
        }
        else
        {
            if (isLastElement)
                state.IsDirectory = true;
            found = inode;
            if (state.IsLast)
                return LinuxError.OK;

            byte value = OpaqueValue(inode);
            if (isLastElement && value == 'x' && Rules.HasAttributeWhiteouts)
            {
                state.HasAttributeWhiteouts = true;
                state.Layer.HasAttributeWhiteouts = true;
            }
            else if (value == 'y')
            {
                state.Stop = true;
                if (isLastElement)
                    state.IsOpaque = true;
                return LinuxError.OK;
            }
        }

        return FollowRedirect(inode, state, begin, length);
    }

    private LinuxError FollowRedirect(BackingInode inode, LookupState state, int begin, int length)
    {
        state.HasAbsoluteRedirect = false;
        if (!TryGetRedirect(inode, out ByteString? redirect))
            return LinuxError.EINVAL;
        if (redirect is not { } target)
            return LinuxError.OK;
        bool absolute = target.Span is [Slash, ..];
        if (absolute)
        {
            state.Stop = false;
            state.HasAbsoluteRedirect = true;
        }

        ReadOnlySpan<byte> before = absolute ? [] : state.Name.Span[..begin];
        ReadOnlySpan<byte> behind = state.Name.Span[(begin + length)..];
        byte[] name = [.. before, .. target.Span, .. behind];
        state.Redirect = state.Name = ByteString.Wrap(name);
        return LinuxError.OK;
    }

    /// <summary>Whether a name is hidden. The mark of the directory that announces empty files as whiteouts matters to listings only.</summary>
    private bool IsWhiteout(BackingInode inode) =>
        inode.IsWhiteout
        || (Rules.HasAttributeWhiteouts && inode.IsRegular && inode.Size == 0 && inode.ExtendedAttributes.ContainsKey(Marks.Whiteout));

    private bool IsMetacopyMarked(BackingInode inode) => inode.IsRegular && inode.ExtendedAttributes.ContainsKey(Marks.Metacopy);

    /// <summary>Whether a metacopy mark has a value that is too short for the header of one.</summary>
    private bool HasDamagedMetacopyMark(BackingInode inode)
    {
        const int Header = 4;
        return inode.IsRegular && inode.ExtendedAttributes.TryGetValue(Marks.Metacopy, out byte[]? value) && value.Length is > 0 and < Header;
    }

    private byte OpaqueValue(BackingInode directory) =>
        directory.ExtendedAttributes.TryGetValue(Marks.Opaque, out byte[]? value) && value.Length == 1 ? value[0] : (byte)0;

    /// <summary>Reads the redirect of an object; a malformed one is an error.</summary>
    private bool TryGetRedirect(BackingInode inode, out ByteString? redirect)
    {
        redirect = null;
        if (!Rules.HasRedirects || !inode.ExtendedAttributes.TryGetValue(Marks.Redirect, out byte[]? value))
            return true;
        if (value.Length == 0)
            return false;
        int end = value.AsSpan().IndexOf((byte)0); // the kernel reads it as a string
        redirect = ByteString.Wrap(end < 0 ? value : value.AsMemory(0, end));
        ReadOnlySpan<byte> text = redirect.Value.Span;
        return text is [Slash, ..]
            ? text.Length > 1 && text[^1] != Slash && text.IndexOf("//"u8) < 0
            : !text.Contains(Slash);
    }
}
