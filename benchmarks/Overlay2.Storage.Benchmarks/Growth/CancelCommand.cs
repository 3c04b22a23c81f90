using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows how soon diagnosing and planning end when they are cancelled, at random moments, on hosts that are made to be costly.</summary>
internal static class CancelCommand
{
    public const string Command = "--cancel";

    private const int Moments = 100;

    /// <summary>One line a kind of host.</summary>
    /// <param name="words">Words in the names of the cases to measure; all of them if there is none.</param>
    public static void Run(string[] words)
    {
        Console.WriteLine("| case | n | whole | cancelled | median | longest |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach ((string name, int most, Func<int, StorageSnapshot> make) in CostlyHosts.Kinds)
        {
            if (words.Length > 0 && !words.Any(word => name.Contains(word, StringComparison.Ordinal)))
                continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {most / 10:N0} | {Measure(make(most / 10))} |"));
        }
    }

    private static string Measure(StorageSnapshot snapshot)
    {
        Work(snapshot, CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        Work(snapshot, CancellationToken.None);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);

        var random = new Random(1);
        List<double> waits = [];
        for (int i = 0; i < Moments; i++)
        {
            using var source = new CancellationTokenSource();
            var work = Task.Run(() => Work(snapshot, source.Token), CancellationToken.None);
            Thread.Sleep(whole * random.NextDouble());
            start = Stopwatch.GetTimestamp();
            source.Cancel();
            try
            {
                work.GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        waits.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{whole.TotalMilliseconds:N0} ms | {waits.Count} | {waits[waits.Count / 2]:N0} ms | {waits[^1]:N0} ms");
    }

    private static void Work(StorageSnapshot snapshot, CancellationToken cancellationToken)
    {
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot, cancellationToken: cancellationToken);
        RepairPlanner.Plan(report, RepairPolicy.Default with { MaxRisk = RepairRisk.R2, AllowOtherNamespaces = true }, cancellationToken);
    }
}
