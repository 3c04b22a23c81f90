using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Walks over real trees: a directory, then its entries sorted.</summary>
internal static class TreeWalk
{
    /// <summary>The longest path that a system call takes, without its final NUL (PATH_MAX).</summary>
    public const int MaximumPath = 4095;

    /// <exception cref="LayerException">A path is longer than <see cref="MaximumPath"/>, as renames can make it.</exception>
    public static List<(ByteString Path, BackingInode Inode)> Of(BackingInode root)
    {
        List<(ByteString, BackingInode)> result = [];
        Stack<(ByteString Path, BackingInode Inode)> rest = new();
        rest.Push((default, root));
        while (rest.TryPop(out (ByteString Path, BackingInode Inode) next))
        {
            if (next.Path.Length > MaximumPath)
                throw new LayerException("A path is longer than " + MaximumPath + " bytes: it cannot be shown.");
            result.Add(next);
            if (next.Inode.Children is not { Count: > 0 } children)
                continue;
            foreach ((ByteString name, BackingInode child) in children.Items.OrderByDescending(static item => item.Key))
                rest.Push((next.Path.IsEmpty ? name : ByteString.Wrap((byte[])[.. next.Path.Span, (byte)'/', .. name.Span]), child));
        }

        return result;
    }
}
