using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>A child process of this program that measures one contender, a sample whenever asked.</summary>
/// <remarks>For what the life of a process decides: the width of vectors, and the native heap, on which libmount reads a small text
/// several times slower once a large one was read. Children take turns with everything else, so that all is compared in one run.</remarks>
internal sealed class Worker : IDisposable
{
    public const string Option = "--worker";

    private readonly Process _process;

    private Worker(Process process) => _process = process;

    /// <summary>Whether this processor has wider vectors than AVX2 to compare with.</summary>
    public static bool HasAvx512 => Vector512.IsHardwareAccelerated;

    /// <summary>The best sample so far, in nanoseconds a line.</summary>
    public double BestNanosecondsPerLine { get; private set; } = double.PositiveInfinity;

    /// <summary>Starts a child, and waits until it is warm.</summary>
    /// <param name="contender">The name of the contender.</param>
    /// <param name="workload">The index of the text in <see cref="Workload.All"/>.</param>
    /// <param name="allowAvx512">Whether it may use vectors of 512 bits where the processor has them.</param>
    public static Worker Start(string contender, int workload, bool allowAvx512 = true)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal))
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Option);
        start.ArgumentList.Add(contender);
        start.ArgumentList.Add(workload.ToString(CultureInfo.InvariantCulture));
        if (!allowAvx512)
            start.Environment["DOTNET_EnableAVX512"] = "0";

        Process process = Process.Start(start) ?? throw new InvalidOperationException("No worker was started.");
        string expected = Ready(HasAvx512 && allowAvx512);
        string? ready = process.StandardOutput.ReadLine();
        return string.Equals(ready, expected, StringComparison.Ordinal)
            ? new Worker(process)
            : throw new InvalidOperationException($"A worker said \"{ready}\", not \"{expected}\".");
    }

    public void Sample()
    {
        _process.StandardInput.WriteLine();
        BestNanosecondsPerLine = Math.Min(BestNanosecondsPerLine, double.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What the child does: a sample for every line it reads.</summary>
    public static int Run(string contender, string workload, TextReader input, TextWriter output)
    {
        var sampler = new Sampler(
            Contender.All().Single(candidate => candidate.Name == contender), Workload.All()[int.Parse(workload, CultureInfo.InvariantCulture)]);
        Sampler.Warm([sampler]);
        output.WriteLine(Ready(HasAvx512));
        while (input.ReadLine() is not null)
            output.WriteLine(sampler.Sample().ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    private static string Ready(bool isWide) => isWide ? "ready with AVX-512" : "ready";
}
