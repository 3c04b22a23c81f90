using System.Diagnostics;
using System.Text.Json;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>Measures the library and its peers in interleaved rounds and prints how many times faster it is.</summary>
internal sealed class CompareCommand
{
    private const string JsonFile = "artifacts/benchmarks/compare.json";

    /// <summary>However busy the machine is.</summary>
    private const int FewestRounds = 5;

    /// <summary>The whole run stays below a minute.</summary>
    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(52);

    private readonly Workload[] _workloads = Workload.All();
    private readonly Sampler[] _samplers;
    private readonly double[] _avx2;
    private readonly double[] _avx512;

    private CompareCommand()
    {
        _samplers = [.. _workloads.SelectMany(workload => Contender.All().Select(contender => new Sampler(contender, workload)))];
        _avx2 = new double[_workloads.Length];
        _avx512 = new double[_workloads.Length];
        Array.Fill(_avx2, double.PositiveInfinity);
        Array.Fill(_avx512, double.PositiveInfinity);
    }

    /// <summary>Runs the comparison.</summary>
    /// <returns>0 if every bar holds, else 1.</returns>
    public static int Run(CompareOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        MarkedSection? section = options.WriteTo is null ? null : new MarkedSection(options.WriteTo);
        var command = new CompareCommand();
        Sampler.Warm(command._samplers);
        int rounds = command.TakeRounds(options.Rounds, start);
        CompareReport report = command.Report(rounds);

        string table = CompareTable.Format(report);
        Console.WriteLine(table);
        Console.WriteLine(CompareTable.FormatBars(report));
        Directory.CreateDirectory(Path.GetDirectoryName(JsonFile)!);
        File.WriteAllBytes(JsonFile, JsonSerializer.SerializeToUtf8Bytes(report, CompareJsonContext.Default.CompareReport));
        section?.Write(table);
        return report.Bars.All(bar => bar.Holds) ? 0 : 1;
    }

    private int TakeRounds(int most, long start)
    {
        using VectorWorker? narrow = VectorWorker.IsUseful ? VectorWorker.Start(allowAvx512: false) : null;
        using VectorWorker? wide = VectorWorker.IsUseful ? VectorWorker.Start(allowAvx512: true) : null;
        int rounds = 0;
        while (rounds < most && (rounds < FewestRounds || Stopwatch.GetElapsedTime(start) < s_mostTime))
        {
            rounds++;
            foreach (Sampler sampler in _samplers)
                sampler.Sample();
            for (int i = 0; i < _workloads.Length && narrow is not null && wide is not null; i++)
            {
                _avx2[i] = Math.Min(_avx2[i], narrow.Sample(i));
                _avx512[i] = Math.Min(_avx512[i], wide.Sample(i));
            }
        }

        return rounds;
    }

    private CompareReport Report(int rounds)
    {
        WorkloadResult[] results = [.. _workloads.Select(Result)];
        return new CompareReport(
            Machine.Processor, Machine.Runtime, Peers.LibMount.Version, rounds, Machine.LoadAverage, results, [.. results.SelectMany(Bar.Of)]);
    }

    private WorkloadResult Result(Workload workload, int index)
    {
        Sampler[] samplers = [.. _samplers.Where(sampler => sampler.Workload == workload.Name && !sampler.Fails)];
        return new WorkloadResult(
            workload.Name, workload.Lines, workload.BytesPerLine,
            samplers.ToDictionary(sampler => sampler.Contender, sampler => sampler.BestNanosecondsPerLine, StringComparer.Ordinal),
            samplers.ToDictionary(sampler => sampler.Contender, sampler => sampler.Allocated, StringComparer.Ordinal),
            VectorWorker.IsUseful ? _avx2[index] : null, VectorWorker.IsUseful ? _avx512[index] : null);
    }
}
