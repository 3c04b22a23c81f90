using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Tests.Simulation;

/// <summary>A layer outside the simulator for tests: a tree in memory, without hard links, that notes what it is asked for.</summary>
internal sealed class TreeSource(LayerTree tree, LayerEntry entry, List<string> asked) : ISourceObject
{
    public static TreeSource Of(LayerTree tree, List<string>? asked = null) => new(tree, tree.Entries[0], asked ?? []);

    public SourceStatus ReadStatus() => new()
    {
        InodeNumber = (ulong)tree.Entries.IndexOf(entry) + 100,
        Type = entry.Type,
        Mode = entry.Type == FileType.SymbolicLink ? 0x1ff : entry.Mode,
        Uid = entry.Uid,
        Gid = entry.Gid,
        LinkCount = entry.Type == FileType.Directory ? 2 + Below().Count(static below => below.Type == FileType.Directory) : 1,
        Size = entry.Type == FileType.SymbolicLink ? entry.LinkTarget.Length : entry.Size,
        Device = entry.Device,
        LinkTarget = entry.LinkTarget.Bytes,
    };

    public bool TryFind(ByteString name, [MaybeNullWhen(false)] out ISourceObject found)
    {
        asked.Add("find " + entry.Path.Combine(new BytePath(name)));
        LayerEntry? below = Below().FirstOrDefault(below => below.Path.FileName == name);
        found = below is null ? null : new TreeSource(tree, below, asked);
        return found is not null;
    }

    public IEnumerable<KeyValuePair<ByteString, ISourceObject>> ReadEntries() =>
        Below().Select(below => KeyValuePair.Create<ByteString, ISourceObject>(below.Path.FileName, new TreeSource(tree, below, asked)));

    public IEnumerable<ByteString> ReadNames() => Below().Select(static below => below.Path.FileName);

    public IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes() =>
        entry.ExtendedAttributes.Select(static attribute => KeyValuePair.Create(attribute.Key, attribute.Value.AsSpan().ToArray()));

    public IEnumerable<LayerRange> ReadDataRanges() => entry.Content.Select(static piece => new LayerRange(piece.Offset, piece.Offset + piece.Bytes.Length));

    public void Read(long offset, Span<byte> buffer)
    {
        asked.Add("read " + entry.Path);
        buffer.Clear();
        foreach (LayerData piece in entry.Content)
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                if (offset + i - piece.Offset is >= 0 and var at && at < piece.Bytes.Length)
                    buffer[i] = piece.Bytes.Span[(int)at];
            }
        }
    }

    public SourceHandle? ReadHandle() => null;

    private IEnumerable<LayerEntry> Below() => tree.Entries.Where(other =>
        !other.Path.IsEmpty && (other.Path.TryGetParent(out BytePath parent) ? parent : default) == entry.Path);
}
