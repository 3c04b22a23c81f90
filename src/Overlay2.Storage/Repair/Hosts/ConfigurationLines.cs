using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>What differs between two contents of a file: the lines from the first to the last that is not the same.</summary>
/// <param name="First">The number of lines before, which stay.</param>
/// <param name="OldCount">How many lines are replaced.</param>
/// <param name="Old">These lines with their ends.</param>
/// <param name="New">The lines in their place.</param>
internal readonly record struct ConfigurationLines(int First, int OldCount, ByteString Old, ByteString New)
{
    private static ReadOnlySpan<byte> Hidden => "REDACTED"u8;

    /// <summary>Whether a snapshot holds another text in the place of something secret that would be replaced.</summary>
    public bool HidesSecret => Old.Span.IndexOf(Hidden) >= 0;

    /// <summary>Whether the text is that of a file whose secrets a snapshot does not hold.</summary>
    public static bool HasSecrets(ByteString? content) => content is { } bytes && bytes.Span.IndexOf(Hidden) >= 0;

    public static ConfigurationLines Between(ByteString before, ByteString after)
    {
        List<Range> old = Split(before.Span);
        List<Range> @new = Split(after.Span);
        int shorter = Math.Min(old.Count, @new.Count);
        int first = 0;
        while (first < shorter && before.Span[old[first]].SequenceEqual(after.Span[@new[first]]))
            first++;
        int last = 0;
        while (last < shorter - first && before.Span[old[^(last + 1)]].SequenceEqual(after.Span[@new[^(last + 1)]]))
            last++;
        return new ConfigurationLines(first, old.Count - last - first, Join(before.Span, old, first, last), Join(after.Span, @new, first, last));
    }

    /// <summary>Replaces the lines in the real file, which may hold secrets in other lines.</summary>
    /// <param name="real">The file.</param>
    /// <param name="lineCount">How many lines the content has that the difference was taken from.</param>
    /// <param name="changed">The new file.</param>
    /// <returns><see langword="false"/> if the lines are others there.</returns>
    public bool TryApply(ByteString real, int lineCount, out ByteString changed)
    {
        changed = default;
        List<Range> lines = Split(real.Span);
        int last = lines.Count - First - OldCount;
        if (lines.Count != lineCount || last < 0 || Join(real.Span, lines, First, last) != Old)
            return false;
        List<byte> text = [];
        foreach (Range line in lines.Take(First))
            text.AddRange(real.Span[line]);
        text.AddRange(New.Span);
        foreach (Range line in lines.TakeLast(last))
            text.AddRange(real.Span[line]);
        changed = new ByteString(CollectionsMarshal.AsSpan(text));
        return true;
    }

    public static int Count(ByteString content) => Split(content.Span).Count;

    private static ByteString Join(ReadOnlySpan<byte> text, List<Range> lines, int first, int last)
    {
        int end = lines.Count - last;
        return first >= end ? default : new ByteString(text[lines[first].Start..lines[end - 1].End]);
    }

    private static List<Range> Split(ReadOnlySpan<byte> text)
    {
        List<Range> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int length = text[start..].IndexOf((byte)'\n') + 1;
            int end = length == 0 ? text.Length : start + length;
            lines.Add(start..end);
            start = end;
        }

        return lines;
    }
}
