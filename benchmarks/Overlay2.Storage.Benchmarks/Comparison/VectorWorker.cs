using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>A child process of this program that measures all fields with the vectors it is allowed, a sample whenever asked.</summary>
/// <remarks>The width of vectors is fixed when a process starts; two children that take turns are compared in one run.</remarks>
internal sealed class VectorWorker : IDisposable
{
    public const string Option = "--worker";

    private readonly Process _process;

    private VectorWorker(Process process) => _process = process;

    /// <summary>Whether this processor has wider vectors than AVX2 to compare with.</summary>
    public static bool IsUseful => Vector512.IsHardwareAccelerated;

    /// <summary>Starts a child, and waits until it is warm.</summary>
    public static VectorWorker Start(bool allowAvx512)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal))
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Option);
        if (!allowAvx512)
            start.Environment["DOTNET_EnableAVX512"] = "0";

        Process process = Process.Start(start) ?? throw new InvalidOperationException("No worker was started.");
        string? width = process.StandardOutput.ReadLine();
        return string.Equals(width, allowAvx512 ? "512" : "256", StringComparison.Ordinal)
            ? new VectorWorker(process)
            : throw new InvalidOperationException($"The worker uses vectors of {width} bits.");
    }

    /// <summary>One sample of all fields.</summary>
    /// <param name="workload">The index of the text in <see cref="Workload.All"/>.</param>
    /// <returns>Nanoseconds a line.</returns>
    public double Sample(int workload)
    {
        _process.StandardInput.WriteLine(workload.ToString(CultureInfo.InvariantCulture));
        return double.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What the child does: a sample for every line that names a text.</summary>
    public static int Run(TextReader input, TextWriter output)
    {
        var contender = new Contender(Contender.AllFields, Passes.ReaderPasses.AllFields);
        Sampler[] samplers = [.. Workload.All().Select(workload => new Sampler(contender, workload))];
        Sampler.Warm(samplers);
        output.WriteLine(Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "128");
        while (input.ReadLine() is { } line)
            output.WriteLine(samplers[int.Parse(line, CultureInfo.InvariantCulture)].Sample().ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }
}
