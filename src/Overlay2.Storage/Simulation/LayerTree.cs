using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>A layer in memory: the root and what is below it, parents before children.</summary>
/// <remarks>Immutable, thread-safe. The methods give a new tree; paths have no leading slash.</remarks>
public sealed class LayerTree
{
    private LayerTree(ImmutableArray<LayerEntry> entries) => Entries = entries;

    /// <summary>A layer that is an empty directory with mode 0755.</summary>
    public static LayerTree Empty { get; } = new([new LayerEntry { Path = default, Type = FileType.Directory, Mode = 0x1ED }]);

    /// <summary>The objects: first the root, then the others so that each parent and each first name comes before what needs it.</summary>
    public ImmutableArray<LayerEntry> Entries { get; }

    /// <summary>A tree of given objects.</summary>
    /// <param name="entries">The objects in order; without one for the empty path the root of <see cref="Empty"/> comes first.</param>
    public static LayerTree Of(IEnumerable<LayerEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ImmutableArray<LayerEntry> all = [.. entries];
        return new LayerTree(all is [{ Path.IsEmpty: true }, ..] ? all : [.. Empty.Entries, .. all]);
    }

    /// <summary>This tree and one more object.</summary>
    /// <param name="entry">The object; its parent must be there.</param>
    public LayerTree With(LayerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new LayerTree(Entries.Add(entry));
    }

    /// <summary>This tree and a directory.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">Its mode.</param>
    public LayerTree WithDirectory(string path, int mode = 0x1ED) => With(new LayerEntry { Path = BytePath.FromText(path), Type = FileType.Directory, Mode = mode });

    /// <summary>This tree and a regular file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">Its data.</param>
    /// <param name="mode">Its mode.</param>
    public LayerTree WithFile(string path, ReadOnlyMemory<byte> content, int mode = 0x1A4) => With(new LayerEntry
    {
        Path = BytePath.FromText(path),
        Type = FileType.Regular,
        Mode = mode,
        Size = content.Length,
        Content = [new LayerData(0, content)],
    });

    /// <summary>This tree and a symbolic link.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="target">What it says.</param>
    public LayerTree WithSymbolicLink(string path, string target) => With(new LayerEntry
    {
        Path = BytePath.FromText(path),
        Type = FileType.SymbolicLink,
        LinkTarget = BytePath.FromText(target),
    });

    /// <summary>This tree and a whiteout: a character device 0:0, which hides the name in the layers below.</summary>
    /// <param name="path">The name to hide.</param>
    public LayerTree WithWhiteout(string path) => With(new LayerEntry { Path = BytePath.FromText(path), Type = FileType.CharacterDevice });

    /// <summary>This tree and another name of one of its objects.</summary>
    /// <param name="path">The new name.</param>
    /// <param name="first">The name it has already.</param>
    public LayerTree WithHardLink(string path, string first) => With(new LayerEntry
    {
        Path = BytePath.FromText(path),
        Type = FileType.Regular,
        HardLinkTo = BytePath.FromText(first),
    });

    /// <summary>This tree with an extended attribute on one of its objects.</summary>
    /// <param name="path">The object.</param>
    /// <param name="name">The full name of the attribute.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">There is no such object.</exception>
    public LayerTree WithExtendedAttribute(string path, string name, ReadOnlySpan<byte> value)
    {
        BytePath wanted = BytePath.FromText(path);
        for (int i = 0; i < Entries.Length; i++)
        {
            if (Entries[i].Path == wanted)
            {
                LayerEntry changed = Entries[i] with { ExtendedAttributes = Entries[i].ExtendedAttributes.SetItem(ByteString.FromText(name), [.. value]) };
                return new LayerTree(Entries.SetItem(i, changed));
            }
        }

        throw new ArgumentException("The tree has nothing at " + path + ".", nameof(path));
    }
}
