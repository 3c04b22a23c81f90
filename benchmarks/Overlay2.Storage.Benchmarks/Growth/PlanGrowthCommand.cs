using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows how diagnosing, planning and a dry run grow on hosts that are made to be costly: each line has twice as much as the one before.</summary>
internal static class PlanGrowthCommand
{
    public const string Command = "--plan";

    /// <summary>How many lines a kind of host has: the last has the most, each before half as much.</summary>
    private const int Lines = 5;

    /// <summary>So many there are at most where a dry run is made: as a repair does, it reads the mount table before and after each step, so it grows with the steps times the mounts.</summary>
    private const int MostOfDryRun = 2500;

    /// <param name="words">Words in the names of the cases to measure; all of them if there is none.</param>
    public static void Run(string[] words)
    {
        foreach ((_, _, Func<int, StorageSnapshot> make) in CostlyHosts.Kinds)
            Measure(make(10), withDryRun: true); // compiles
        Console.WriteLine("| case | n | diagnosis | plan | dry run | steps | outcome |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | --- |");
        foreach ((string name, int most, Func<int, StorageSnapshot> make) in CostlyHosts.Kinds)
        {
            if (words.Length > 0 && !words.Any(word => name.Contains(word, StringComparison.Ordinal)))
                continue;
            foreach (int count in Enumerable.Range(1, Lines).Select(line => most >> (Lines - line)))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {count:N0} | {Measure(make(count), count <= MostOfDryRun)} |"));
        }
    }

    private static string Measure(StorageSnapshot snapshot, bool withDryRun)
    {
        TimeSpan start = Spent();
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot);
        double diagnosis = (Spent() - start).TotalMilliseconds;

        start = Spent();
        RepairPlan plan = RepairPlanner.Plan(report, RepairPolicy.Default with { MaxRisk = RepairRisk.R2, AllowOtherNamespaces = true });
        double planning = (Spent() - start).TotalMilliseconds;

        if (!withDryRun)
            return string.Create(CultureInfo.InvariantCulture, $"{diagnosis:N0} ms | {planning:N0} ms | | {plan.Steps.Length:N0} | ");
        start = Spent();
        RepairOutcome outcome = new RepairExecutor(new MemoryHost(snapshot)).DryRunAsync(plan).GetAwaiter().GetResult();
        double run = (Spent() - start).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{diagnosis:N0} ms | {planning:N0} ms | {run:N0} ms | {plan.Steps.Length:N0} | {outcome.Status}");
    }

    /// <summary>The processor's time, not the clock's: other programs run too.</summary>
    private static TimeSpan Spent() => Environment.CpuUsage.TotalTime;
}
