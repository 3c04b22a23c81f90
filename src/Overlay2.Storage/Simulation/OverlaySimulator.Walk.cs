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
        LinuxError error = WalkToParent(start, path, ref links, out LastComponent last);
        dentry = last.Kind == LastKind.DotDot ? last.Directory.Parent : last.Directory;
        if (error != LinuxError.OK || last.Kind != LastKind.Name)
            return error;
        error = FindObject(last.Directory, last.Name, follow || last.HasTrailingSlash, ref links, out dentry);
        return error == LinuxError.OK && last.HasTrailingSlash && !dentry.IsDirectory ? LinuxError.ENOTDIR : error;
    }

    /// <summary>Walks to the directory of the last component.</summary>
    private LinuxError WalkToParent(BytePath path, out LastComponent last)
    {
        int links = 0;
        return WalkToParent(_mount.Root, path.Bytes, ref links, out last);
    }

    private LinuxError WalkToParent(OverlayDentry start, ByteString path, ref int links, out LastComponent last)
    {
        OverlayDentry at = start;
        last = new LastComponent(at, default, LastKind.None, false);
        if (path.Length > TreeWalk.MaximumPath)
            return LinuxError.ENAMETOOLONG;
        PathComponents components = new BytePath(path).GetComponents();
        bool goesOn = components.MoveNext();
        while (goesOn)
        {
            if (!at.IsDirectory)
                return LinuxError.ENOTDIR;
            LinuxError error = CheckPermission(at.Inode!, Permissions.Execute);
            if (error != LinuxError.OK)
                return error;
            int end = components.Through.Length;
            ByteString name = ByteString.Wrap(path.Memory[(end - components.Current.Length)..end]);
            LastKind kind = name.Span is [(byte)'.'] ? LastKind.Dot : name.Span is [(byte)'.', (byte)'.'] ? LastKind.DotDot : LastKind.Name;
            goesOn = components.MoveNext();
            if (!goesOn)
                last = new LastComponent(at, name, kind, end < path.Length);
            else if (kind == LastKind.DotDot)
                at = at.Parent;
            else if (kind == LastKind.Name)
                error = FindObject(at, name, follow: true, ref links, out at);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    /// <summary>Finds what a name stands for, at the end of a symbolic link if that is followed.</summary>
    private LinuxError FindObject(OverlayDentry directory, ByteString name, bool follow, ref int links, out OverlayDentry dentry)
    {
        LinuxError error = FindEntry(directory, name, out dentry);
        return error == LinuxError.OK && follow && dentry.Inode!.Type == FileType.SymbolicLink
            ? FollowLink(dentry, directory, ref links, out dentry)
            : error;
    }

    /// <summary>Looks up a name that must be there.</summary>
    private LinuxError FindEntry(OverlayDentry directory, ByteString name, out OverlayDentry dentry)
    {
        LinuxError error = _mount.Lookup(directory, name, out dentry);
        return error == LinuxError.OK && dentry.IsNegative ? LinuxError.ENOENT : error;
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
