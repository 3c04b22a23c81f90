using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>An open directory below which files are opened without ever leaving it, whatever links and <c>..</c> a path meets.</summary>
/// <remarks>
/// Uses openat2(2); where the kernel or a system call filter does not offer it (ENOSYS, EPERM), a walk by component. Mounts below the
/// directory are entered. Thread-safe.
/// </remarks>
internal sealed partial class RootedDirectory : IDisposable
{
    /// <summary>What openat2(2) takes at once, with room to spare; what is deeper is reached in several steps.</summary>
    private const int LongestWalk = 4000;

    private readonly SafeFileHandle _root;
    private readonly bool _hasOpenAt2;

    private RootedDirectory(SafeFileHandle root, bool hasOpenAt2)
    {
        _root = root;
        _hasOpenAt2 = hasOpenAt2;
    }

    /// <summary>Opens the directory itself, by an ordinary walk.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="directory">The directory, to be disposed.</param>
    /// <param name="error">The kernel's error.</param>
    /// <param name="avoidOpenAt2">Walk by component even where openat2 works.</param>
    public static bool TryOpen(ReadOnlySpan<byte> path, out RootedDirectory? directory, out Errno error, bool avoidOpenAt2 = false)
    {
        if (!LibC.TryOpen(path, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle root, out error))
        {
            root.Dispose();
            directory = null;
            return false;
        }

        directory = new RootedDirectory(root, !avoidOpenAt2 && HasOpenAt2(root));
        return true;
    }

    /// <summary>Opens a directory below this one, which then is the root of its own walks.</summary>
    public bool TryOpenDirectory(ReadOnlySpan<byte> path, LinkRule links, out RootedDirectory? directory, out Errno error)
    {
        directory = null;
        if (!TryOpenFile(path, OpenFlags.Path | OpenFlags.Directory, links, out SafeFileHandle file, out error))
        {
            file.Dispose();
            return false;
        }

        directory = new RootedDirectory(file, _hasOpenAt2);
        return true;
    }

    /// <summary>Walks from another open directory, which stays its owner's: nothing is to be disposed.</summary>
    public RootedDirectory From(SafeFileHandle directory) => new(directory, _hasOpenAt2);

    /// <summary>Opens a file below the directory, however long the path is where no link is followed; a leading <c>/</c> means the directory itself.</summary>
    /// <param name="path">The path below the directory; empty for the directory itself.</param>
    /// <param name="flags">Flags of <see cref="OpenFlags"/>. With <see cref="OpenFlags.Path"/> and <see cref="OpenFlags.NoFollow"/> a link can be opened itself.</param>
    /// <param name="links">What symbolic links do.</param>
    /// <param name="file">The open file, to be disposed.</param>
    /// <param name="error">The kernel's error; ELOOP for a link that is not to be followed.</param>
    public bool TryOpenFile(ReadOnlySpan<byte> path, int flags, LinkRule links, out SafeFileHandle file, out Errno error)
    {
        if (!_hasOpenAt2)
            return TryWalk(path, flags, links, out file, out error);

        ReadOnlySpan<byte> relative = path.TrimStart((byte)'/');
        if (relative.Length > LongestWalk && links != LinkRule.FollowInside && relative[..LongestWalk].LastIndexOf(Separator) is > 0 and int end)
        {
            bool isOpen = TryOpenDirectory(relative[..end], links, out RootedDirectory? next, out error);
            using (next)
            {
                file = new SafeFileHandle(-1, ownsHandle: true);
                return isOpen && next!.TryOpenFile(relative[end..], flags, links, out file, out error);
            }
        }

        ResolveFlags resolve = ResolveFlags.NoMagicLinks
            | links switch
            {
                LinkRule.Refuse => ResolveFlags.NoSymbolicLinks | ResolveFlags.Beneath,
                LinkRule.RefuseAndStayOnMount => ResolveFlags.NoSymbolicLinks | ResolveFlags.Beneath | ResolveFlags.NoCrossMounts,
                _ => ResolveFlags.InRoot,
            };
        return LibC.TryOpenAt2(_root, relative.IsEmpty ? "."u8 : relative, flags, resolve, out file, out error);
    }

    /// <summary>Which directory it is: device, inode, and from Linux 5.8 on the mount.</summary>
    public bool TryIdentify(out FileStatus status) => LibC.TryStatx(_root, StatusMask.Basic | StatusMask.MountId, out status, out _);

    public void Dispose() => _root.Dispose();

    private static bool HasOpenAt2(SafeFileHandle root)
    {
        bool works = LibC.TryOpenAt2(root, "."u8, OpenFlags.Path, ResolveFlags.Beneath, out SafeFileHandle file, out _);
        file.Dispose();
        return works;
    }
}
