namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>What was measured on one text.</summary>
/// <param name="Name">The name of the text.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="BytesPerLine">Mean bytes of a line.</param>
/// <param name="NanosecondsPerLine">The best of each contender; none for one that can not read the text.</param>
/// <param name="AllocatedBytes">Managed bytes of one pass of each contender.</param>
/// <param name="Avx2NanosecondsPerLine">All fields in a process without AVX-512; none where the processor lacks it.</param>
/// <param name="Avx512NanosecondsPerLine">All fields in a process with it.</param>
internal sealed record WorkloadResult(
    string Name, int Lines, double BytesPerLine, IReadOnlyDictionary<string, double> NanosecondsPerLine,
    IReadOnlyDictionary<string, long> AllocatedBytes, double? Avx2NanosecondsPerLine, double? Avx512NanosecondsPerLine)
{
    public double? Avx2Ratio => Avx2NanosecondsPerLine / Avx512NanosecondsPerLine;

    public double? Nanoseconds(string contender) => NanosecondsPerLine.TryGetValue(contender, out double value) ? value : null;

    /// <summary>How many times as long the slower one takes.</summary>
    public double? Ratio(string slower, string faster) => Nanoseconds(slower) / Nanoseconds(faster);
}
