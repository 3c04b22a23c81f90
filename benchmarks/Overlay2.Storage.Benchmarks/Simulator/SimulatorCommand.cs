using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Overlay2.Storage.Benchmarks.Comparison;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>Measures the same operations in the simulator and on overlayfs, in turn, and checks that both answer the same.</summary>
internal sealed class SimulatorCommand
{
    public const string Command = "--simulator";

    private const string Usage = "usage: --simulator [SECONDS]";
    private const string JsonFile = "artifacts/benchmarks/simulator.json";
    private const int Seed = 20;
    private const int OperationsPerRound = 20_000;
    private const int WarmRounds = 4;
    private const int FewestRounds = 5;
    private const int DefaultSeconds = 20;
    private const double RatioAsked = 3;

    private readonly Operation[] _operations;
    private readonly LayerTree[] _lowers = SampleLayers.Make(Seed);
    private readonly long[] _simulated = new long[OperationsPerRound];
    private readonly long[] _real = new long[OperationsPerRound];
    private readonly KernelProfile _profile = KernelDetector.Detect().Profile;
    private readonly string _directory;
    private long _bestSimulated = long.MaxValue;
    private long _bestReal = long.MaxValue;
    private long _allocated = long.MaxValue;

    private SimulatorCommand(string directory)
    {
        _directory = directory;
        using var trial = new SimulatedTarget(_lowers, _profile);
        _operations = new OperationMix(Seed, trial).Take(OperationsPerRound);
    }

    /// <summary>Runs the comparison.</summary>
    /// <returns>0 if the bar holds, 1 if not or if the answers differ, 64 for bad arguments, 77 without the rights to mount.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        int seconds = DefaultSeconds;
        if (arguments.Length > 1
            || (arguments.Length == 1 && (!int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds == 0)))
        {
            Console.Error.WriteLine(Usage);
            return 64;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("--simulator mounts an overlay to compare with: it must run as root.");
            return 77;
        }

        string directory = Directory.CreateTempSubdirectory("overlay-benchmark-").FullName;
        try
        {
            return RunInNamespace(new SimulatorCommand(directory), TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    /// <summary>A mount namespace belongs to a thread: the one started here, whose mounts no other process sees.</summary>
    private static int RunInNamespace(SimulatorCommand command, TimeSpan time)
    {
        int code = 1;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                string directory = Environment.CurrentDirectory;
                KernelTarget.EnterPrivateNamespace();
                code = command.Compare(time, Path.Combine(directory, JsonFile));
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return code;
    }

    private static void Print(SimulatorReport report)
    {
        string verdict = report.Ratio >= RatioAsked ? "holds" : "MISSED";
        Console.WriteLine("| | operations/s | bytes allocated an operation |");
        Console.WriteLine("| :--- | ---: | ---: |");
        Console.WriteLine(FormattableString.Invariant($"| simulator | {report.SimulatorOperationsPerSecond:N0} | {report.BytesPerOperation:F0} |"));
        Console.WriteLine(FormattableString.Invariant($"| overlayfs on tmpfs, Linux {report.Kernel} | {report.KernelOperationsPerSecond:N0} | |"));
        Console.WriteLine(FormattableString.Invariant($"| ratio | {report.Ratio:F2} (asked: {RatioAsked}; {verdict}) | |"));
        Console.WriteLine(FormattableString.Invariant(
            $"\nBest of {report.Rounds} rounds of {OperationsPerRound:N0} operations in turn, one thread, its processor time; every answer the same, {report.Failing:N0} of them errors. {report.Processor}, {report.Runtime}."));
    }

    private int Compare(TimeSpan time, string jsonFile)
    {
        for (int i = 0; i < WarmRounds; i++)
        {
            if (!RunRound())
                return 1;
        }

        (_bestSimulated, _bestReal, _allocated) = (long.MaxValue, long.MaxValue, long.MaxValue);
        long start = Stopwatch.GetTimestamp();
        int rounds = 0;
        for (; rounds < FewestRounds || Stopwatch.GetElapsedTime(start) < time; rounds++)
        {
            if (!RunRound())
                return 1;
        }

        SimulatorReport report = Report(rounds);
        Print(report);
        Directory.CreateDirectory(Path.GetDirectoryName(jsonFile)!);
        File.WriteAllBytes(jsonFile, JsonSerializer.SerializeToUtf8Bytes(report, SimulatorJsonContext.Default.SimulatorReport));
        return report.Ratio >= RatioAsked ? 0 : 1;
    }

    /// <summary>Runs all operations on both sides, each on a new mount.</summary>
    /// <returns>Whether both sides answered the same.</returns>
    private bool RunRound()
    {
        using (var target = new SimulatedTarget(_lowers, _profile))
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            _bestSimulated = Math.Min(_bestSimulated, Measure(target, _simulated));
            _allocated = Math.Min(_allocated, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        using (var target = new KernelTarget(_lowers, _directory))
            _bestReal = Math.Min(_bestReal, Measure(target, _real));

        int at = _simulated.AsSpan().CommonPrefixLength(_real);
        if (at == _operations.Length)
            return true;
        Console.Error.WriteLine(FormattableString.Invariant(
            $"Operation {at}, {_operations[at]}: the simulator answers {_simulated[at]}, the kernel {_real[at]} (errors negative)."));
        return false;
    }

    private long Measure(IOperationTarget target, long[] answers)
    {
        long start = ThreadClock.Now();
        for (int i = 0; i < _operations.Length; i++)
            answers[i] = target.Run(_operations[i]);
        return ThreadClock.Now() - start;
    }

    private SimulatorReport Report(int rounds)
    {
        double simulated = OperationsPerRound * 1e9 / _bestSimulated;
        double real = OperationsPerRound * 1e9 / _bestReal;
        return new SimulatorReport(
            Machine.Processor, Machine.Runtime, _profile.Release, Machine.LoadAverage, rounds, OperationsPerRound, _real.Count(static answer => answer < 0),
            simulated, real, simulated / real, RatioAsked, (double)_allocated / OperationsPerRound);
    }
}
