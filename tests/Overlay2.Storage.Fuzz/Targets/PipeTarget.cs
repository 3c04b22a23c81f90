using Overlay2.Storage.Mounts;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The pipe reader says what the span reader says. The first two bytes say how the rest is cut and how long a line may be.</summary>
internal static class PipeTarget
{
    private const int MostPieces = 2000;

    public static void Run(byte[] input)
    {
        if (input.Length < 2)
            return;

        // Pieces of many lengths, 0 too, that a single byte of the input changes.
        byte[] text = input[2..];
        int step = input[0];
        int[] lengths = [.. Enumerable.Range(0, Math.Min(text.Length, MostPieces)).Select(i => (i * step + text[i]) % (1 + step % 61))];
        MountInfoPipeComparison.Check(text, lengths);
        CheckLongest(text, lengths, longest: 1 + input[1]);
    }

    private static void CheckLongest(byte[] text, int[] lengths, int longest)
    {
        int expected = text.Length == 0 ? -1 : Array.FindIndex(SplitLines(text), line => line > longest);
        int found = -1;
        try
        {
            var reader = new MountInfoPipeReader(SegmentedPipe.Create(text, lengths)) { MaxLineLength = longest, OnBadLine = _ => { } };
            SegmentedPipe.Finish(reader.ReadAsync((scoped in MountInfoReader _) => { }));
        }
        catch (MountInfoFormatException e) when (e.Error.Reason == MountInfoErrorReason.LineTooLong)
        {
            found = (int)e.Error.LineNumber - 1;
        }

        if (found != expected)
            throw new InvalidOperationException($"Line {expected} is longer than {longest}, the reader says line {found}.");
    }

    private static int[] SplitLines(byte[] text)
    {
        var lengths = new List<int>();
        foreach (Range line in text.AsSpan().Split((byte)'\n'))
            lengths.Add(line.GetOffsetAndLength(text.Length).Length);
        return [.. lengths];
    }
}
