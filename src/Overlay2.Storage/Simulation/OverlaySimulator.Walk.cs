using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    private const int MaximumLinks = 40;
    private const byte Slash = (byte)'/';

    /// <summary>Finds the object of a path: path_resolution(7).</summary>
    private LinuxError Walk(BytePath path, bool follow, out OverlayDentry dentry)
    {
        int links = 0;
        return WalkFrom(_mount.Root, path.Bytes, follow, ref links, out dentry);
    }

    /// <summary>What the mount knows of a path; <see langword="null"/> if nothing is there.</summary>
    internal OverlayDentry? Find(BytePath path, bool follow) => Walk(path, follow, out OverlayDentry dentry) == LinuxError.OK ? dentry : null;

    private LinuxError WalkFrom(OverlayDentry start, ByteString path, bool follow, ref int links, out OverlayDentry dentry)
    {
        dentry = start;
        LinuxError error = WalkToParent(start, path, ref links, out LastComponent last);
        if (error != LinuxError.OK)
            return error;
        dentry = last.Directory;
        switch (last.Kind)
        {
            case LastKind.None:
                return LinuxError.OK;
            case LastKind.Dot:
                return LinuxError.OK;
            case LastKind.DotDot:
                dentry = last.Directory.Parent;
                return LinuxError.OK;
        }

        error = _mount.Lookup(last.Directory, last.Name, out dentry);
        if (error != LinuxError.OK)
            return error;
        if (dentry.IsNegative)
            return LinuxError.ENOENT;
        if (dentry.Inode!.Type == FileType.SymbolicLink && (follow || last.HasTrailingSlash))
        {
            error = FollowLink(dentry, last.Directory, ref links, out dentry);
            if (error != LinuxError.OK)
                return error;
        }

        return last.HasTrailingSlash && !dentry.IsDirectory ? LinuxError.ENOTDIR : LinuxError.OK;
    }

    /// <summary>Walks to the directory of the last component.</summary>
    private LinuxError WalkToParent(OverlayDentry start, ByteString path, ref int links, out LastComponent last)
    {
        OverlayDentry at = start;
        last = new LastComponent(at, default, LastKind.None, false);
        if (path.Length > TreeWalk.MaximumPath)
            return LinuxError.ENAMETOOLONG;
        ReadOnlySpan<byte> text = path.Span;
        int begin = 0;
        while (begin < text.Length && text[begin] == Slash)
            begin++;
        while (begin < text.Length)
        {
            if (!at.IsDirectory)
                return LinuxError.ENOTDIR;
            LinuxError error = CheckPermission(at.Inode!, Permissions.Execute);
            if (error != LinuxError.OK)
                return error;
            int end = begin;
            while (end < text.Length && text[end] != Slash)
                end++;
            int next = end;
            while (next < text.Length && text[next] == Slash)
                next++;
            ReadOnlySpan<byte> component = text[begin..end];
            bool isLast = next == text.Length;
            LastKind kind = component is [(byte)'.'] ? LastKind.Dot : component is [(byte)'.', (byte)'.'] ? LastKind.DotDot : LastKind.Name;
            if (isLast)
            {
                last = new LastComponent(at, ByteString.Wrap(path.Memory[begin..end]), kind, next > end);
                return LinuxError.OK;
            }

            if (kind == LastKind.DotDot)
            {
                at = at.Parent;
            }
            else if (kind == LastKind.Name)
            {
                error = _mount.Lookup(at, ByteString.Wrap(path.Memory[begin..end]), out OverlayDentry found);
                if (error != LinuxError.OK)
                    return error;
                if (found.IsNegative)
                    return LinuxError.ENOENT;
                if (found.Inode!.Type == FileType.SymbolicLink)
                {
                    error = FollowLink(found, at, ref links, out found);
                    if (error != LinuxError.OK)
                        return error;
                }

                at = found;
                if (!at.IsDirectory)
                    return LinuxError.ENOTDIR;
            }

            begin = next;
        }

        last = new LastComponent(at, default, LastKind.None, false);
        return LinuxError.OK;
    }

    private LinuxError FollowLink(OverlayDentry link, OverlayDentry directory, ref int links, out OverlayDentry target)
    {
        target = link;
        if (links++ >= MaximumLinks)
            return LinuxError.ELOOP;
        OverlayMount.Accessed(link.Inode!);
        ByteString body = link.Inode!.Real.LinkTarget;
        OverlayDentry start = body.Length > 0 && body.Span[0] == Slash ? _mount.Root : directory;
        return WalkFrom(start, body, follow: true, ref links, out target);
    }

    private enum LastKind
    {
        None,
        Name,
        Dot,
        DotDot,
    }

    /// <summary>The end of a path: a name in a directory.</summary>
    private readonly record struct LastComponent(OverlayDentry Directory, ByteString Name, LastKind Kind, bool HasTrailingSlash);
}
