using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Simulator;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>Single operations of the simulator on two lower layers of a directory with <see cref="Files"/> files each.</summary>
[MemoryDiagnoser]
public class SimulatorBenchmarks
{
    private static readonly BytePath s_directory = BytePath.FromText("a");
    private static readonly BytePath s_file = BytePath.FromText("a/f7");
    private static readonly BytePath s_missing = BytePath.FromText("a/none");
    private static readonly BytePath s_first = BytePath.FromText("a/first");
    private static readonly BytePath s_second = BytePath.FromText("a/second");

    private OverlaySimulator _simulator = null!;

    [Params(10, 1_000)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Mount()
    {
        var memory = new SimulatedFileSystem(SimulatedFileSystemKind.Tmpfs);
        var setup = new SimulationSetup
        {
            Lowers = [new SimulatedLayer(MakeLayer(0), memory), new SimulatedLayer(MakeLayer(Files / 2), memory)],
            Upper = new SimulatedLayer(LayerTree.Empty, memory),
            Options = SampleLayers.Options,
            Profile = KernelProfile.Defaults(new KernelVersion(6, 12, 0)),
        };
        LinuxError error = OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator);
        _simulator = simulator ?? throw new InvalidOperationException("The simulator does not mount the layers: " + error);
        if (!_simulator.MakeDirectory(s_first, 0b111_101_101).IsSuccess)
            throw new InvalidOperationException("The simulator does not make a directory.");
    }

    [Benchmark]
    public LinuxError Lookup() => _simulator.Stat(s_file, follow: true).Error;

    [Benchmark]
    public LinuxError LookupOfNothing() => _simulator.Stat(s_missing, follow: true).Error;

    [Benchmark]
    public LinuxError CopyUpAndRestore()
    {
        SimulatorSnapshot snapshot = _simulator.TakeSnapshot();
        LinuxError error = _simulator.ChangeMode(s_file, 0b110_000_000).Error;
        _simulator.Restore(snapshot);
        return error;
    }

    [Benchmark(OperationsPerInvoke = 2)]
    public LinuxError Rename()
    {
        LinuxError there = _simulator.Rename(s_first, s_second, RenameFlags.None).Error;
        LinuxError back = _simulator.Rename(s_second, s_first, RenameFlags.None).Error;
        return there == LinuxError.OK ? back : there;
    }

    [Benchmark]
    public int ReadDirectory() => _simulator.ReadDirectory(s_directory).Value.Count;

    private LayerTree MakeLayer(int first) => LayerTree.Of(
    [
        new LayerEntry { Path = s_directory, Type = FileType.Directory, Mode = 0b111_101_101 },
        .. Enumerable.Range(first, Files).Select(static i => new LayerEntry
        {
            Path = BytePath.FromText(FormattableString.Invariant($"a/f{i}")),
            Type = FileType.Regular,
            Mode = 0b110_100_100,
            Size = 4096,
            Content = [new LayerData(0, new byte[4096])],
        }),
    ]);
}
