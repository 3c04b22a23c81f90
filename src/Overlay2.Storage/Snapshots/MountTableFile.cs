using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>A mount table in a snapshot file: lines of mountinfo.</summary>
internal sealed class MountTableFile
{
    public required ImmutableArray<ByteString> Lines { get; init; }

    public ImmutableArray<MountInfoError>? BadLines { get; init; }

    public int? BadLineCount { get; init; }

    public static MountTableFile Of(MountTable table) => new()
    {
        Lines = [.. table.Entries.Select(entry => entry.ToLine())],
        BadLines = table.BadLineCount > 0 ? table.BadLines : null,
        BadLineCount = table.BadLineCount > 0 ? table.BadLineCount : null,
    };

    /// <exception cref="MountInfoFormatException">A line is bad.</exception>
    public MountTable ToTable()
    {
        byte[] text = new byte[Lines.Sum(line => line.Length + 1)];
        int length = 0;
        foreach (ByteString line in Lines)
        {
            line.Span.CopyTo(text.AsSpan(length));
            text[length + line.Length] = (byte)'\n';
            length += line.Length + 1;
        }

        MountTable table = MountTable.Parse((ReadOnlyMemory<byte>)text);
        return BadLines is { IsDefault: false } bad ? table.WithBadLines(bad, Math.Max(BadLineCount ?? 0, bad.Length)) : table;
    }
}
