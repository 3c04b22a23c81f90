using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.PropertyTests.Simulation;

/// <summary>The merge of layers without redirects, written down from the documentation: the topmost object of a name counts; directories
/// merge until something opaque, a whiteout or another type hides what is below.</summary>
internal static class LayerMerge
{
    private static readonly ByteString s_opaque = ByteString.FromText("trusted.overlay.opaque");

    /// <param name="layers">The layers, topmost first.</param>
    public static string Show(LayerTree[] layers)
    {
        var text = new StringBuilder();
        Add(default, [.. layers.Select(Index)], text);
        return text.ToString();
    }

    private static Dictionary<BytePath, LayerEntry> Index(LayerTree layer)
    {
        Dictionary<BytePath, LayerEntry> entries = layer.Entries.ToDictionary(e => e.Path);
        foreach (LayerEntry link in layer.Entries.Where(e => e.HardLinkTo is not null))
            entries[link.Path] = entries[link.HardLinkTo!.Value] with { Path = link.Path };
        return entries;
    }

    private static void Add(BytePath path, List<Dictionary<BytePath, LayerEntry>> layers, StringBuilder text)
    {
        LayerEntry top = layers[0][path];
        text.Append(path).Append(' ').Append(top.Type).Append(' ').Append(top.Type == FileType.SymbolicLink ? 0x1FF : top.Mode).Append(' ')
            .Append(top.Type == FileType.SymbolicLink ? top.LinkTarget.Length : top.Size).Append('\n');
        if (top.Type != FileType.Directory)
            return;

        List<Dictionary<BytePath, LayerEntry>> merged = [];
        foreach (Dictionary<BytePath, LayerEntry> layer in layers)
        {
            if (!layer.TryGetValue(path, out LayerEntry? entry))
                continue;
            if (entry.Type != FileType.Directory)
                break;
            merged.Add(layer);
            if (entry.ExtendedAttributes.TryGetValue(s_opaque, out System.Collections.Immutable.ImmutableArray<byte> value) && value is [(byte)'y'])
                break;
        }

        IEnumerable<BytePath> children = merged.SelectMany(l => l.Keys).Where(p => !p.IsEmpty && p.TryGetParent(out BytePath parent) && parent == path).Distinct();
        foreach (BytePath child in children.OrderBy(p => p.FileName))
        {
            List<Dictionary<BytePath, LayerEntry>> below = [.. merged.SkipWhile(l => !l.ContainsKey(child))];
            LayerEntry first = below[0][child];
            bool isWhiteout = first.Type == FileType.CharacterDevice && first.Device == default;

            // A directory of one layer without marks of a copy-up is listed as it is: its whiteouts show as names that are not there.
            if (!isWhiteout)
                Add(child, below, text);
            else if (IsListedAsIs(path, merged))
                text.Append(child).Append("   \n");
        }
    }

    private static bool IsListedAsIs(BytePath path, List<Dictionary<BytePath, LayerEntry>> merged) =>
        !path.IsEmpty && merged.Count == 1 && !merged[0][path].ExtendedAttributes.ContainsKey(ByteString.FromText("trusted.overlay.origin"));
}
