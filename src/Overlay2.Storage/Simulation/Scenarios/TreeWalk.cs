using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Walks over real trees in the order of the recorder: a directory, then its entries sorted.</summary>
internal static class TreeWalk
{
    public static IEnumerable<(ByteString Path, BackingInode Inode)> Of(BackingInode root)
    {
        List<(ByteString, BackingInode)> result = [];
        Add(default, root, result);
        return result;
    }

    /// <summary>The object at a path that must exist.</summary>
    public static BackingInode Find(BackingInode root, BytePath path)
    {
        BackingInode at = root;
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (at.Children is null || !at.Children.TryGetValue(new ByteString(component), out BackingInode? next))
                throw new ScenarioFormatException("No object at " + path + ".");
            at = next;
        }

        return at;
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
