using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli;

/// <summary>Files of one JSON object a line; a name that ends in <c>.gz</c> is compressed.</summary>
internal static class JsonLines
{
    /// <summary>The longest line that is read, in bytes.</summary>
    private const int MaxLength = 256 << 20;

    /// <summary>The lines of a file, without newlines and without those that are blank. A line is good until the next.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string file)
    {
        await using Stream input = Open(file);
        PipeReader reader = PipeReader.Create(input);
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            ReadOnlySequence<byte> rest = result.Buffer;
            while (TryTake(ref rest, result.IsCompleted, out ReadOnlySequence<byte> line))
            {
                ReadOnlyMemory<byte> whole = line.IsSingleSegment ? line.First : line.ToArray();
                if (!whole.Span.Trim(" \t\r"u8).IsEmpty)
                    yield return whole;
            }

            if (result.IsCompleted)
                break;
            if (rest.Length > MaxLength)
                throw new InvalidDataException("a line is longer than 256 MiB.");
            reader.AdvanceTo(rest.Start, rest.End);
        }

        await reader.CompleteAsync();
    }

    /// <summary>Compresses for a file whose name says so; the file stays open.</summary>
    public static GZipStream? Compress(Stream content, string file) => IsCompressed(file) ? new GZipStream(content, CompressionLevel.Optimal, leaveOpen: true) : null;

    private static Stream Open(string file) =>
        IsCompressed(file) ? new GZipStream(InputFile.Open(BytePath.FromText(file)), CompressionMode.Decompress) : InputFile.Open(BytePath.FromText(file));

    private static bool IsCompressed(string file) => file.EndsWith(".gz", StringComparison.Ordinal);

    private static bool TryTake(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (!isLast || rest.IsEmpty)
            return false;
        rest = default;
        return true;
    }
}
