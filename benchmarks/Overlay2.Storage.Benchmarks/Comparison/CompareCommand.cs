using System.Diagnostics;
using System.Text.Json;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>Measures the library and its peers in interleaved rounds and prints how many times faster it is.</summary>
internal sealed class CompareCommand : IDisposable
{
    private const string JsonFile = "artifacts/benchmarks/compare.json";

    /// <summary>However busy the machine is.</summary>
    private const int FewestRounds = 5;

    /// <summary>The whole run stays below a minute.</summary>
    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(52);

    private readonly Workload[] _workloads = Workload.All();
    private readonly Sampler[] _samplers;
    private readonly Worker[] _libMount;
    private readonly Worker[] _avx2;
    private readonly Worker[] _avx512;

    private CompareCommand()
    {
        IEnumerable<Contender> inProcess = Contender.All().Where(contender => contender.Name != Contender.LibMount);
        _samplers = [.. _workloads.SelectMany(workload => inProcess.Select(contender => new Sampler(contender, workload)))];
        int[] indices = [.. Enumerable.Range(0, _workloads.Length)];
        _libMount = Peers.LibMount.IsAvailable ? [.. indices.Select(index => Worker.Start(Contender.LibMount, index))] : [];
        _avx2 = Worker.HasAvx512 ? [.. indices.Select(index => Worker.Start(Contender.AllFields, index, allowAvx512: false))] : [];
        _avx512 = Worker.HasAvx512 ? [.. indices.Select(index => Worker.Start(Contender.AllFields, index))] : [];
    }

    public void Dispose()
    {
        foreach (Worker worker in Workers)
            worker.Dispose();
    }

    private IEnumerable<Worker> Workers => [.. _libMount, .. _avx2, .. _avx512];

    /// <summary>Runs the comparison.</summary>
    /// <returns>0 if every bar holds, else 1.</returns>
    public static int Run(CompareOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        MarkedSection? section = options.WriteTo is null ? null : new MarkedSection(options.WriteTo);
        using var command = new CompareCommand();
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
        int rounds = 0;
        while (rounds < most && (rounds < FewestRounds || Stopwatch.GetElapsedTime(start) < s_mostTime))
        {
            rounds++;
            foreach (Sampler sampler in _samplers)
                sampler.Sample();
            foreach (Worker worker in Workers)
                worker.Sample();
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
        var nanoseconds = samplers.ToDictionary(sampler => sampler.Contender, sampler => sampler.BestNanosecondsPerLine, StringComparer.Ordinal);
        if (_libMount.Length > 0 && double.IsFinite(_libMount[index].BestNanosecondsPerLine))
            nanoseconds.Add(Contender.LibMount, _libMount[index].BestNanosecondsPerLine);
        return new WorkloadResult(
            workload.Name, workload.Lines, workload.BytesPerLine, nanoseconds,
            samplers.ToDictionary(sampler => sampler.Contender, sampler => sampler.Allocated, StringComparer.Ordinal),
            Worker.HasAvx512 ? _avx2[index].BestNanosecondsPerLine : null, Worker.HasAvx512 ? _avx512[index].BestNanosecondsPerLine : null);
    }
}
