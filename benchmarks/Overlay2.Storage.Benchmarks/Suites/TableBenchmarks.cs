using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Passes;
using Overlay2.Storage.Benchmarks.Workloads;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>The table of mounts, and what hides what.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private MountTable _table = null!;

    [ParamsSource(nameof(Workloads))]
    public Workload Text { get; set; } = null!;

    public static IEnumerable<Workload> Workloads => Workload.All();

    [GlobalSetup]
    public void Setup() => _table = MountTable.Parse((ReadOnlyMemory<byte>)Text.Text);

    [Benchmark]
    public MountTable Parse() => MountTable.Parse((ReadOnlyMemory<byte>)Text.Text);

    [Benchmark]
    public int VisibilityOfAll() => TablePasses.Visibility(_table);
}
