using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Walks over real trees: a directory, then its entries sorted.</summary>
internal static class TreeWalk
{
    public static IEnumerable<(ByteString Path, BackingInode Inode)> Of(BackingInode root)
    {
        List<(ByteString, BackingInode)> result = [];
        Add(default, root, result);
        return result;
    }

    private static void Add(ByteString path, BackingInode inode, List<(ByteString, BackingInode)> result)
    {
        result.Add((path, inode));
        if (inode.Children is not { Count: > 0 } children)
            return;
        foreach ((ByteString name, BackingInode child) in children.Items.OrderBy(static item => item.Key))
            Add(path.IsEmpty ? name : ByteString.Wrap((byte[])[.. path.Span, (byte)'/', .. name.Span]), child, result);
    }
}
