using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal sealed partial class RootedDirectory
{
    private const byte Separator = (byte)'/';

    /// <summary>As many links as the kernel itself follows in one walk.</summary>
    private const int MostLinks = 40;

    private const int MostComponents = 4096;

    /// <summary>The walk without openat2: every component is opened in its directory without following it.</summary>
    private bool TryWalk(ReadOnlySpan<byte> path, int flags, LinkRule links, out SafeFileHandle file, out Errno error)
    {
        // Handles of the directories from the root down to where the walk is, so that ".." needs no look at the file system.
        List<SafeFileHandle> above = [];
        Stack<byte[]> names = new();
        file = new SafeFileHandle(-1, ownsHandle: true);
        error = default;
        try
        {
            PushNames(names, path);
            int followed = 0;
            for (int steps = 0; ; steps++)
            {
                SafeFileHandle current = above.Count == 0 ? _root : above[^1];
                byte[] name = names.Count == 0 ? "."u8.ToArray() : names.Pop();
                bool isLast = names.Count == 0;
                if (steps > MostComponents)
                {
                    error = Errno.ELOOP;
                    return false;
                }

                if (name.AsSpan().SequenceEqual(".."u8))
                {
                    if (above.Count == 0 && links != LinkRule.FollowInside)
                    {
                        error = Errno.EXDEV;
                        return false;
                    }

                    if (above.Count > 0)
                    {
                        above[^1].Dispose();
                        above.RemoveAt(above.Count - 1);
                    }

                    if (!isLast)
                        continue;
                    current = above.Count == 0 ? _root : above[^1];
                    name = "."u8.ToArray();
                }

                if (LibC.TryReadLink(current, name, out byte[] target, out _) && !(isLast && IsForLinks(flags)))
                {
                    if (links != LinkRule.FollowInside || ++followed > MostLinks)
                    {
                        error = Errno.ELOOP;
                        return false;
                    }

                    if (target.AsSpan().StartsWith("/"u8))
                        Clear(above);
                    PushNames(names, target);
                    continue;
                }

                if (isLast)
                    return LibC.TryOpenAt(current, name, flags | OpenFlags.NoFollow, out file, out error);
                if (!LibC.TryOpenAt(current, name, OpenFlags.Path | OpenFlags.NoFollow | OpenFlags.Directory, out SafeFileHandle next, out error))
                    return false;
                above.Add(next);
            }
        }
        finally
        {
            Clear(above);
        }
    }

    private static bool IsForLinks(int flags) => (flags & OpenFlags.Path) != 0 && (flags & OpenFlags.NoFollow) != 0;

    private static void PushNames(Stack<byte[]> names, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int separator = path.LastIndexOf(Separator);
            ReadOnlySpan<byte> name = path[(separator + 1)..];
            if (!name.IsEmpty && !name.SequenceEqual("."u8))
                names.Push(name.ToArray());
            path = separator < 0 ? default : path[..separator];
        }
    }

    private static void Clear(List<SafeFileHandle> handles)
    {
        foreach (SafeFileHandle handle in handles)
            handle.Dispose();
        handles.Clear();
    }
}
