using System.Diagnostics;
using Overlay2.Storage.Benchmarks.Workloads;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows that the time and the memory of a <see cref="MountTable"/> grow with its lines and not faster.</summary>
internal static class TableGrowthCommand
{
    public const string Command = "--table";

    private const int MostBytesPerLine = 400;

    public static void Run()
    {
        Measure(Workload.Docker(1_000)); // compiles
        Console.WriteLine("| docker lines | text, bytes a line | parse, ns a line | visibility of all, ns a line | bytes a line beyond the text |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: |");
        foreach (int lines in (ReadOnlySpan<int>)[1_000, 10_000, 100_000])
        {
            Workload workload = Workload.Docker(lines);
            TableMeasurement measured = Measure(workload);
            string verdict = measured.BytesPerLine <= MostBytesPerLine ? "" : " MISSED";
            Console.WriteLine(FormattableString.Invariant(
                $"| {lines:N0} | {workload.BytesPerLine:F0} | {measured.ParseNanosecondsPerLine:F0} | {measured.VisibilityNanosecondsPerLine:F0} | {measured.BytesPerLine:F0}{verdict} |"));
        }

        Console.WriteLine($"\nAsked: at most {MostBytesPerLine} bytes a line beyond the text, measured on the heap after a full collection.");
    }

    private static TableMeasurement Measure(Workload workload)
    {
        var parse = TimeSpan.MaxValue;
        var visibility = TimeSpan.MaxValue;
        long bytes = long.MaxValue;
        ReadOnlyMemory<byte> text = workload.Text;
        for (int round = 0; round < 15; round++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            long start = Stopwatch.GetTimestamp();
            MountTable table = MountTable.Parse(text);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            parse = elapsed < parse ? elapsed : parse;

            bytes = Math.Min(bytes, GC.GetTotalMemory(forceFullCollection: true) - before);
            start = Stopwatch.GetTimestamp();
            Passes.TablePasses.Visibility(table);
            elapsed = Stopwatch.GetElapsedTime(start);
            visibility = elapsed < visibility ? elapsed : visibility;
        }

        return new TableMeasurement(
            parse.TotalNanoseconds / workload.Lines, visibility.TotalNanoseconds / workload.Lines, (double)bytes / workload.Lines);
    }
}
