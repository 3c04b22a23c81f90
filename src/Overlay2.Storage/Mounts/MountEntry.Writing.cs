using System.Buffers;
using System.Globalization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

public sealed partial class MountEntry
{
    /// <summary>The line of mountinfo that reads back as this entry, without its end.</summary>
    internal ByteString ToLine()
    {
        var line = new ArrayBufferWriter<byte>(256);
        WriteNumbers(line, $"{MountId} {ParentId} {Major}:{Minor} ");
        Write(line, Root.Span, OctalEscapeSet.Path);
        line.Write(" "u8);
        Write(line, MountPoint.Span, OctalEscapeSet.Path);
        line.Write(" "u8);
        line.Write(Options.Span);
        foreach (ByteString field in OptionalFields)
        {
            line.Write(" "u8);
            line.Write(field.Span);
        }

        line.Write(" - "u8);
        Write(line, FileSystemType.Span, OctalEscapeSet.Source);
        line.Write(" "u8);
        Write(line, Source.Span, OctalEscapeSet.Source);
        line.Write(" "u8);
        line.Write(SuperOptions.Span);
        return new ByteString(line.WrittenSpan);
    }

    private static void WriteNumbers(ArrayBufferWriter<byte> line, FormattableString numbers) =>
        line.Write(System.Text.Encoding.ASCII.GetBytes(numbers.ToString(CultureInfo.InvariantCulture)));

    private static void Write(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> field, OctalEscapeSet set) => line.Write(OctalEscape.Escape(field, set));
}
