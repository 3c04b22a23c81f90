using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>Measures one contender on one text, a sample at a time, and keeps the best.</summary>
/// <remarks>Processor time of the thread counts; the best of many short samples is the one whose caches were disturbed least.</remarks>
internal sealed class Sampler
{
    private static readonly TimeSpan s_sampleTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_warmTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_compileTime = TimeSpan.FromMilliseconds(250);

    private readonly Contender _contender;
    private readonly Workload _workload;
    private int _passes = 1;

    public Sampler(Contender contender, Workload workload)
    {
        _contender = contender;
        _workload = workload;
        try
        {
            contender.Pass(workload);
        }
        catch (FormatException)
        {
            Fails = true;
        }
    }

    public string Contender => _contender.Name;

    public string Workload => _workload.Name;

    /// <summary>Whether the contender can not read the text.</summary>
    public bool Fails { get; }

    public double BestNanosecondsPerLine { get; private set; } = double.PositiveInfinity;

    /// <summary>Bytes on the managed heap of one pass.</summary>
    public long Allocated { get; private set; }

    /// <summary>Makes every sampler's code be compiled for good: the runtime compiles hot code anew, twice, and in the background.</summary>
    public static void Warm(IReadOnlyCollection<Sampler> samplers)
    {
        for (int stage = 0; stage < 4; stage++)
        {
            foreach (Sampler sampler in samplers)
                sampler.Warm();
            Thread.Sleep(s_compileTime);
        }

        foreach (Sampler sampler in samplers)
            sampler.Calibrate();
    }

    private void Warm()
    {
        long start = ThreadClock.Now();
        for (int i = 0; i < 40 && !Fails && ThreadClock.Now() - start < s_warmTime.TotalNanoseconds; i++)
            _contender.Pass(_workload);
    }

    /// <summary>Sets how many passes a sample takes, and counts what one allocates.</summary>
    private void Calibrate()
    {
        if (Fails)
            return;
        double best = double.PositiveInfinity;
        for (int i = 0; i < 5; i++)
            best = Math.Min(best, Time());
        _passes = (int)Math.Clamp(s_sampleTime.TotalNanoseconds / best, 1, 10_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _contender.Pass(_workload);
        Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public double Sample()
    {
        if (Fails)
            return double.PositiveInfinity;
        double nanoseconds = Time() / _passes / _workload.Lines;
        BestNanosecondsPerLine = Math.Min(BestNanosecondsPerLine, nanoseconds);
        return nanoseconds;
    }

    private double Time()
    {
        long start = ThreadClock.Now();
        for (int i = 0; i < _passes; i++)
            _contender.Pass(_workload);
        return ThreadClock.Now() - start;
    }
}
