using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

public sealed partial class MountEntry
{
    /// <summary>Makes an entry of the reader's current line.</summary>
    /// <param name="reader">A reader of <paramref name="text"/> whose last answer was a line.</param>
    /// <param name="text">Memory that nobody changes any more.</param>
    /// <param name="index">The place of the entry in its table.</param>
    /// <param name="lineNumber">The number of the line, for the error.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="error">The first number of the line that is bad.</param>
    internal static bool TryCreate(
        scoped in MountInfoReader reader, ReadOnlyMemory<byte> text, int index, long lineNumber,
        [NotNullWhen(true)] out MountEntry? entry, out MountInfoError error)
    {
        if (!reader.TryGetNumbers(
            out int mountId, out int parentId, out int major, out int minor, out MountInfoField field, out MountInfoErrorReason reason))
        {
            entry = null;
            error = new MountInfoError(lineNumber, reader.GetPosition(field), field, reason);
            return false;
        }

        error = default;
        ReadOnlySpan<byte> textSpan = text.Span;
        entry = new MountEntry
        {
            Index = index,
            MountId = mountId,
            ParentId = parentId,
            Major = major,
            Minor = minor,
            Root = new BytePath(Decode(text, textSpan, reader.Root)),
            MountPoint = new BytePath(Decode(text, textSpan, reader.MountPoint)),
            Options = Slice(text, textSpan, reader.Options),
            OptionalFields = SplitOptionalFields(text, textSpan, reader.OptionalFields),
            FileSystemType = Decode(text, textSpan, reader.FileSystemType),
            Source = Decode(text, textSpan, reader.Source),
            SuperOptions = Slice(text, textSpan, reader.SuperOptions),
        };
        return true;
    }

    private static ByteString Decode(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> textSpan, ReadOnlySpan<byte> field) =>
        field.Contains((byte)'\\') ? ByteString.Wrap(OctalEscape.Unescape(field)) : Slice(text, textSpan, field);

    private static ByteString Slice(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> textSpan, ReadOnlySpan<byte> field) =>
        textSpan.Overlaps(field, out int offset) ? ByteString.Wrap(text.Slice(offset, field.Length)) : default;

    private static ImmutableArray<ByteString> SplitOptionalFields(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> textSpan, ReadOnlySpan<byte> fields)
    {
        if (fields.IsEmpty)
            return [];

        var split = ImmutableArray.CreateBuilder<ByteString>(fields.Count((byte)' ') + 1);
        foreach (Range field in fields.Split((byte)' '))
            split.Add(Slice(text, textSpan, fields[field]));
        return split.MoveToImmutable();
    }
}
