using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

/// <summary>A directory tree that was recorded earlier, held in memory. Times, inodes and file attributes are not part of a record.</summary>
internal sealed partial class RecordedFileTree(BytePath root, Dictionary<BytePath, RecordedFileTree.Node> nodes) : IFileTree
{
    private static readonly ByteString s_self = ByteString.FromText(".");

    /// <summary>Where the tree was on its host.</summary>
    public BytePath Root { get; } = root;

    public bool TryRead(BytePath path, int maxLength, out ByteString content, [NotNullWhen(false)] out StoreProblem? problem)
    {
        content = default;
        if (!TryFind(path, StoreOperation.Read, out Node? node, out problem))
            return false;
        if (FileTreeStatus.RefusalOf(node.Type, (ulong)Math.Max(node.Size, 0), maxLength) is { } refusal)
            problem = Problem(path, StoreOperation.Read, refusal.Reason, refusal.Detail);
        else if (node.Content is not { } bytes)
            problem = Problem(path, StoreOperation.Read, StoreProblemReason.NotRecorded, "the content was not recorded");
        else
            content = bytes;
        return problem is null;
    }

    public bool TryOpen(BytePath path, long maxLength, [NotNullWhen(true)] out IByteSource? source, [NotNullWhen(false)] out StoreProblem? problem)
    {
        source = TryRead(path, (int)Math.Min(maxLength, int.MaxValue), out ByteString content, out problem) ? new MemorySource(content.Memory) : null;
        return source is not null;
    }

    public bool TryList(BytePath directory, int maxEntries, out IReadOnlyList<FileTreeEntry> entries, [NotNullWhen(false)] out StoreProblem? problem)
    {
        entries = [];
        if (!TryFind(directory, StoreOperation.List, out Node? node, out problem))
            return false;
        if (node.Type != StoreEntryType.Directory)
        {
            problem = Problem(directory, StoreOperation.List, StoreProblemReason.WrongType, $"{node.Type} instead of a directory");
            return false;
        }

        entries = [.. node.Names.Take(maxEntries).Select(name => new FileTreeEntry(name, nodes[Join(directory, name)].Type))];
        problem = node.Names.Count > maxEntries ? Problem(directory, StoreOperation.List, StoreProblemReason.TooMany, $"more than {maxEntries} entries") : null;
        return problem is null;
    }

    public bool TryReadLink(BytePath path, out BytePath target, [NotNullWhen(false)] out StoreProblem? problem)
    {
        target = default;
        if (!TryFind(path, StoreOperation.ReadLink, out Node? node, out problem))
            return false;
        target = node.Target;
        problem = node.Type == StoreEntryType.SymbolicLink ? null : Problem(path, StoreOperation.ReadLink, StoreProblemReason.WrongType, "not a symbolic link");
        return problem is null;
    }

    public bool TryGetStatus(BytePath path, out FileTreeStatus status, [NotNullWhen(false)] out StoreProblem? problem)
    {
        status = TryFind(path, StoreOperation.Status, out Node? node, out problem) ? new FileTreeStatus { Type = node.Type } : default;
        return problem is null;
    }

    public bool TryGetExtendedAttribute(BytePath path, ByteString name, out ByteString? value, [NotNullWhen(false)] out StoreProblem? problem)
    {
        value = TryFind(path, StoreOperation.Status, out Node? node, out problem) && node.Attributes.TryGetValue(name, out ByteString found) ? found : null;
        return problem is null;
    }

    private bool TryFind(BytePath path, StoreOperation operation, [NotNullWhen(true)] out Node? node, [NotNullWhen(false)] out StoreProblem? problem)
    {
        problem = null;
        if (nodes.TryGetValue(path, out node))
            return true;

        // Only a directory can hold a name: the nearest recorded path above tells which error a kernel would give.
        BytePath above = path;
        Node? nearest = null;
        while (nearest is null && above.TryGetParent(out above))
            nodes.TryGetValue(above, out nearest);
        problem = nearest?.Type switch
        {
            null or StoreEntryType.Directory => Problem(path, operation, StoreProblemReason.NotFound, nameof(Errno.ENOENT)),
            StoreEntryType.SymbolicLink => Problem(path, operation, StoreProblemReason.SymbolicLink, nameof(Errno.ELOOP)),
            _ => Problem(path, operation, StoreProblemReason.WrongType, nameof(Errno.ENOTDIR)),
        };
        return false;
    }

    private StoreProblem Problem(BytePath path, StoreOperation operation, StoreProblemReason reason, string detail) =>
        new(Root.Combine(path), operation, reason, detail);

    private static BytePath Join(BytePath directory, ByteString name) => directory.Bytes == s_self ? new BytePath(name) : directory.Combine(new BytePath(name));

    internal sealed record Node(StoreEntryType Type)
    {
        public long Size { get; init; }

        public ByteString? Content { get; init; }

        public BytePath Target { get; init; }

        public Dictionary<ByteString, ByteString> Attributes { get; init; } = [];

        public List<ByteString> Names { get; } = [];
    }
}
