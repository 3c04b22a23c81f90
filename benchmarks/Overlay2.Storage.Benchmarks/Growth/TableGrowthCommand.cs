using System.Runtime.CompilerServices;
using Overlay2.Storage.Benchmarks.Comparison;
using Overlay2.Storage.Benchmarks.Workloads;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows that the time and the memory of a <see cref="MountTable"/> grow with its lines and not faster.</summary>
internal static class TableGrowthCommand
{
    public const string Command = "--table";

    private const int MostBytesPerLine = 400;
    private const int FewestRounds = 15;

    /// <summary>Small tables are read so often that their code is compiled for good.</summary>
    private const int MostLinesRead = 200_000;

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
        long parse = long.MaxValue;
        long visibility = long.MaxValue;
        long bytes = long.MaxValue;
        int rounds = Math.Max(FewestRounds, MostLinesRead / workload.Lines);
        for (int round = 0; round < rounds; round++)
        {
            MeasureRound(workload, out long parsed, out long resolved, out long held);
            parse = Math.Min(parse, parsed);
            visibility = Math.Min(visibility, resolved);
            bytes = Math.Min(bytes, held);
        }

        return new TableMeasurement((double)parse / workload.Lines, (double)visibility / workload.Lines, (double)bytes / workload.Lines);
    }

    /// <summary>One table in a frame of its own, so that none of a round before is still alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MeasureRound(Workload workload, out long parsed, out long resolved, out long held)
    {
        ReadOnlyMemory<byte> text = workload.Text; // the overload that keeps the text; a span would be copied
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = ThreadClock.Now();
        MountTable table = MountTable.Parse(text);
        parsed = ThreadClock.Now() - start;
        held = GC.GetTotalMemory(forceFullCollection: true) - before;

        start = ThreadClock.Now();
        Passes.TablePasses.Visibility(table);
        resolved = ThreadClock.Now() - start;
        GC.KeepAlive(table);
    }
}
