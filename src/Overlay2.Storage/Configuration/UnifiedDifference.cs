using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Writes the difference of two texts in the unified format, as one block from the first to the last line that differs.</summary>
internal static class UnifiedDifference
{
    private const int ContextLines = 3;

    public static ByteString Make(BytePath path, ByteString before, ByteString after)
    {
        if (before == after)
            return default;
        List<ReadOnlyMemory<byte>> old = Lines(before.Memory);
        List<ReadOnlyMemory<byte>> @new = Lines(after.Memory);
        int shorter = Math.Min(old.Count, @new.Count);
        int first = 0;
        while (first < shorter && old[first].Span.SequenceEqual(@new[first].Span))
            first++;
        int last = 0;
        while (last < shorter - first && old[^(last + 1)].Span.SequenceEqual(@new[^(last + 1)].Span))
            last++;

        int start = Math.Max(0, first - ContextLines);
        int context = Math.Min(ContextLines, last);
        List<byte> text = [];
        Write(text, $"--- {path}\n+++ {path}\n@@ -{Range(start, old.Count - last + context)} +{Range(start, @new.Count - last + context)} @@\n");
        Write(text, ' ', old[start..first]);
        Write(text, '-', old[first..(old.Count - last)]);
        Write(text, '+', @new[first..(@new.Count - last)]);
        Write(text, ' ', old.Slice(old.Count - last, context));
        return new ByteString(CollectionsMarshal.AsSpan(text));
    }

    private static string Range(int start, int end) => string.Create(CultureInfo.InvariantCulture, $"{(end > start ? start + 1 : start)},{end - start}");

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> text)
    {
        List<ReadOnlyMemory<byte>> lines = [];
        while (!text.IsEmpty)
        {
            int length = text.Span.IndexOf((byte)'\n') + 1;
            if (length == 0)
                length = text.Length;
            lines.Add(text[..length]);
            text = text[length..];
        }

        return lines;
    }

    private static void Write(List<byte> text, char mark, List<ReadOnlyMemory<byte>> lines)
    {
        foreach (ReadOnlyMemory<byte> line in lines)
        {
            text.Add((byte)mark);
            text.AddRange(line.Span);
            if (!line.Span.EndsWith("\n"u8))
                Write(text, "\n\\ No newline at end of file\n");
        }
    }

    private static void Write(List<byte> text, string line) => text.AddRange(Encoding.UTF8.GetBytes(line));
}
