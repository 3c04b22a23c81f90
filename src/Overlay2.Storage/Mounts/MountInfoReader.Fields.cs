namespace Overlay2.Storage.Mounts;

public ref partial struct MountInfoReader
{
    /// <summary>The whole line without its newline.</summary>
    public readonly ReadOnlySpan<byte> Line => Between(-1, _line.Length);

    /// <summary>The path within the file system that forms the root of the mount, escaped; not always a path (<c>net:[4026532569]</c>).</summary>
    public readonly ReadOnlySpan<byte> Root => Between(_line.Spaces[2], _line.Spaces[3]);

    /// <summary>The path of the mount point relative to the root directory of the process, escaped.</summary>
    public readonly ReadOnlySpan<byte> MountPoint => Between(_line.Spaces[3], _line.Spaces[4]);

    /// <summary>The options of the mount itself, separated by commas.</summary>
    public readonly ReadOnlySpan<byte> Options => Between(_line.Spaces[4], _line.Spaces[5]);

    /// <summary>The optional fields, tag or tag:value, separated by spaces; empty if there are none.</summary>
    public readonly ReadOnlySpan<byte> OptionalFields => Between(_line.Spaces[5], _line.Spaces[_line.Separator]);

    /// <summary>The type of the file system, escaped, with its subtype after a dot if it has one.</summary>
    public readonly ReadOnlySpan<byte> FileSystemType => Between(_line.Spaces[_line.Separator + 1], _line.Spaces[_line.Separator + 2]);

    /// <summary>What was mounted, escaped; any text, may be empty.</summary>
    public readonly ReadOnlySpan<byte> Source => Between(_line.Spaces[_line.Separator + 2], _line.Spaces[_line.Separator + 3]);

    /// <summary>The options of the super block, up to the end of the line; each value escaped by the rules of its file system.</summary>
    public readonly ReadOnlySpan<byte> SuperOptions => Between(_line.Spaces[_line.Separator + 3], _line.Length);

    /// <summary>The bytes of the line behind one space and before another.</summary>
    private readonly ReadOnlySpan<byte> Between(int space, int end) =>
        _line.Length == 0 ? default : _text.Slice(_line.Start + space + 1, Math.Max(0, end - space - 1));
}
