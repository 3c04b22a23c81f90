using System.Globalization;
using System.Text;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>A comparison as Markdown.</summary>
internal static class CompareTable
{
    /// <summary>The table of the README: ratios within one run.</summary>
    public static string Format(CompareReport report)
    {
        IReadOnlyList<WorkloadResult> results = report.Workloads;
        var text = new StringBuilder();
        AppendRow(text, "text in memory", results, result => result.Name);
        AppendRow(text, "---", results, _ => "---:");
        AppendRow(text, "bytes a line", results, result => Number(result.BytesPerLine, "F0"));
        AppendRow(text, "**all fields, times faster than**", results, _ => "");
        AppendRow(text, "libmount", results, result => Times(result.Ratio(Contender.LibMount, Contender.AllFields)));
        AppendRow(text, "ReadLine and Split", results, result => Times(result.Ratio(Contender.LineSplit, Contender.AllFields)));
        AppendRow(text, "span code, one IndexOf a field", results, result => Times(result.Ratio(Contender.SpanIndexOf, Contender.AllFields)));
        AppendRow(text, "**share of the speed of a newline search**", results, _ => "");
        AppendShare(text, "all fields", results, Contender.AllFields);
        AppendShare(text, "mount point and type", results, Contender.MountPointAndType);
        AppendShare(text, "overlay lines, their three directories", results, Contender.OverlayDirectories);
        AppendShare(text, "overlay lines, every layer", results, Contender.OverlayLayers);
        AppendRow(text, "**every option and layer of overlays, times faster than one IndexOf each**", results,
            result => result.Name.StartsWith("desktop", StringComparison.Ordinal) ? "-" : Times(result.Ratio(Contender.SpanIndexOfOptions, Contender.OptionsAndLayers)));
        AppendRow(text, "**all fields, ns a line**", results, result => Number(result.Nanoseconds(Contender.AllFields), "F1"));
        AppendRow(text, "time with AVX2 against AVX-512", results, result => Number(result.Avx2Ratio, "F2"));
        AppendRow(text, "bytes allocated", results, result => Number(result.AllocatedBytes[Contender.AllFields], "F0"));
        text.Append(CultureInfo.InvariantCulture, $"\n{report.Processor}, {report.Runtime}, libmount {report.LibMount ?? "absent"}; ");
        text.Append(CultureInfo.InvariantCulture, $"processor time, best of {report.Rounds} interleaved rounds. \"fails\": can not read that text.\n");
        return text.ToString();
    }

    /// <summary>What each figure has to reach.</summary>
    public static string FormatBars(CompareReport report)
    {
        var text = new StringBuilder("| bar | text | asked | measured | |\n| --- | --- | ---: | ---: | --- |\n");
        foreach (Bar bar in report.Bars)
            text.Append(bar).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"\n{report.Bars.Count(bar => !bar.Holds)} of {report.Bars.Count} bars missed; load {report.LoadAverage}\n");
        return text.ToString();
    }

    private static void AppendShare(StringBuilder text, string label, IReadOnlyList<WorkloadResult> results, string contender) =>
        AppendRow(text, label, results, result => Number(result.Ratio(Contender.NewlineSearch, contender) * 100, "F0") + " %");

    private static void AppendRow(StringBuilder text, string label, IReadOnlyList<WorkloadResult> results, Func<WorkloadResult, string> cell)
    {
        text.Append("| ").Append(label);
        foreach (WorkloadResult result in results)
            text.Append(" | ").Append(cell(result));
        text.Append(" |\n");
    }

    private static string Times(double? ratio) => ratio is { } value ? Number(value, value < 10 ? "F1" : "F0") + "x" : "fails";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
