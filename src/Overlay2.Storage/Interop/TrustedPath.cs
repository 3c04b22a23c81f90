using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Walks to a file, and tells whether only root and the caller decide what is found there.</summary>
/// <remarks>
/// That holds where the file and every directory that the walk enters are theirs, and nobody else may write to them. A symbolic link in such a
/// directory is their word too, whoever owns the link; the directories that it leads through are looked at like the others. A right given by an
/// access list shows in the group's bits of the mode.
/// </remarks>
internal static class TrustedPath
{
    private const int MostLinks = 40;
    private const int OthersWrite = 0x12; // 0022
    private const int Sticky = 0x200; // 01000

    /// <summary>Walks to a file.</summary>
    /// <param name="root">The directory that is the root of the walk.</param>
    /// <param name="path">An absolute path below it.</param>
    /// <param name="resolved">The path without links, as far as the walk came; where it failed, where.</param>
    /// <param name="status">The file at its end.</param>
    /// <param name="fault">The first thing on the way that is not theirs alone; <see langword="null"/> if there is none.</param>
    /// <param name="error">The kernel's error.</param>
    /// <param name="isStickyFine">Whether others may write where the sticky bit keeps them from renaming what is not theirs (inode(7)).</param>
    public static bool TryWalk(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path, out byte[] resolved, out FileStatus status, out PathFault? fault, out Errno error, bool isStickyFine = false)
    {
        List<byte[]> walked = [];
        Stack<byte[]> names = [];
        Push(names, path);
        int links = 0;
        fault = null;
        bool isOpen = LibC.TryOpen(root, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle current, out error);
        isOpen &= LibC.TryStatx(current, StatusMask.Basic, out status, out error);
        Stack<SafeFileHandle> above = [];
        while (isOpen)
        {
            fault ??= IsOurs(status) || (isStickyFine && (status.Mode & Sticky) != 0 && IsOwn(status)) ? null : new PathFault(Join(walked), status.UserId);
            if (!names.TryPop(out byte[]? name))
                break;
            if (name.AsSpan().SequenceEqual(".."u8))
            {
                if (walked.Count > 0)
                {
                    walked.RemoveAt(walked.Count - 1);
                    current.Dispose();
                    current = above.Pop();
                }

                isOpen = LibC.TryStatx(current, StatusMask.Basic, out status, out error);
                continue;
            }

            isOpen = LibC.TryOpenAt(current, name, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle next, out error)
                && LibC.TryStatx(next, StatusMask.Basic, out status, out error);
            if (isOpen && (status.Mode & FileStatus.TypeMask) == FileStatus.SymbolicLinkType)
            {
                isOpen = LibC.TryReadLink(next, default, out byte[] target, out error);
                next.Dispose();
                if (++links > MostLinks)
                    (isOpen, error) = (false, Errno.ELOOP);
                while (target is [(byte)'/', ..] && above.TryPop(out SafeFileHandle? parent))
                {
                    walked.RemoveAt(walked.Count - 1);
                    current.Dispose();
                    current = parent;
                }

                Push(names, target);
                isOpen = isOpen && LibC.TryStatx(current, StatusMask.Basic, out status, out error);
                continue;
            }

            walked.Add(name);
            above.Push(current);
            current = next;
        }

        current.Dispose();
        foreach (SafeFileHandle handle in above)
            handle.Dispose();
        status = isOpen ? status : default;
        resolved = Join(walked);
        return isOpen;
    }

    /// <summary>Whether nobody but root and the caller may write to a file, or change who may.</summary>
    public static bool IsOurs(in FileStatus status) => IsOwn(status) && (status.Mode & OthersWrite) == 0;

    private static bool IsOwn(in FileStatus status) => status.UserId == 0 || status.UserId == LibC.GetUserId();

    private static byte[] Join(List<byte[]> names) => [.. names.SelectMany(static name => (byte[])[(byte)'/', .. name])];

    private static void Push(Stack<byte[]> names, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int separator = path.LastIndexOf((byte)'/');
            if (path[(separator + 1)..] is { IsEmpty: false } name && !name.SequenceEqual("."u8))
                names.Push(name.ToArray());
            path = separator < 0 ? default : path[..separator];
        }
    }
}
