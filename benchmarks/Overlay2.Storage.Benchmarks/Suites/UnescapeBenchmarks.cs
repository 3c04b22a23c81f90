using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Workloads;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>The octal level of a whole text at once.</summary>
[MemoryDiagnoser]
public class UnescapeBenchmarks
{
    private byte[] _decoded = [];

    [ParamsSource(nameof(Workloads))]
    public Workload Text { get; set; } = null!;

    public static IEnumerable<Workload> Workloads => [Workload.Docker(1_000), Workload.Escapes1000()];

    [GlobalSetup]
    public void Setup() => _decoded = new byte[Text.Text.Length];

    [Benchmark]
    public int Unescape() => OctalEscape.TryUnescape(Text.Text, _decoded, out int written) ? written : -1;

    [Benchmark(Baseline = true)]
    public bool Copy() => Text.Text.AsSpan().TryCopyTo(_decoded);
}
