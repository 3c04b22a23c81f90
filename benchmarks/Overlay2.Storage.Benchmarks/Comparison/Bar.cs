using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>What one measured figure has to reach.</summary>
/// <param name="What">The figure.</param>
/// <param name="Workload">The text it was measured on.</param>
/// <param name="Asked">The least that is asked for, or the most where <paramref name="IsLimit"/>.</param>
/// <param name="Measured">What was measured; none where it could not be, for want of libmount or of wide vectors.</param>
/// <param name="IsLimit">Whether less is better.</param>
internal sealed record Bar(string What, string Workload, double Asked, double? Measured, bool IsLimit = false)
{
    public bool Holds => Measured is not { } measured || (IsLimit ? measured <= Asked : measured >= Asked);

    public string Verdict => Measured is null ? "not measured" : Holds ? "holds" : "MISSED";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"| {What} | {Workload} | {(IsLimit ? "≤" : "≥")} {Asked:0.##} | {Measured:0.00} | {Verdict} |");

    /// <summary>The bars of a measured text.</summary>
    public static IEnumerable<Bar> Of(WorkloadResult result)
    {
        bool isEscapes = result.Name.StartsWith("escapes", StringComparison.Ordinal);
        bool isDesktop = result.Name.StartsWith("desktop", StringComparison.Ordinal);
        yield return new("times faster than libmount", result.Name, isEscapes ? 40 : 50, result.Ratio(Contender.LibMount, Contender.AllFields));
        yield return new("times faster than span IndexOf", result.Name, 1.7, result.Ratio(Contender.SpanIndexOf, Contender.AllFields));
        if (!isEscapes)
            yield return new("share of the speed of a newline search", result.Name, isDesktop ? 0.25 : 0.45, result.Ratio(Contender.NewlineSearch, Contender.AllFields));
        yield return new("time with AVX2 against AVX-512", result.Name, 1.15, result.Avx2Ratio, IsLimit: true);

        string[] readers = [Contender.AllFields, Contender.MountPointAndType, Contender.OverlayDirectories, Contender.OverlayLayers, Contender.OptionsAndLayers];
        yield return new("bytes allocated by the five passes", result.Name, 0, readers.Sum(reader => result.AllocatedBytes[reader]), IsLimit: true);
    }
}
