using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Passes;
using Overlay2.Storage.Benchmarks.Peers;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>The super options of all overlay lines of a text.</summary>
[MemoryDiagnoser]
public class OptionBenchmarks
{
    [ParamsSource(nameof(Workloads))]
    public Workload Text { get; set; } = null!;

    public static IEnumerable<Workload> Workloads => [Workload.Docker(1_000), Workload.Kube1000(), Workload.Escapes1000()];

    [Benchmark(Baseline = true)]
    public long OptionReaderAndLayers() => ReaderPasses.OptionsAndLayers(Text);

    /// <summary>The model, which keeps every option.</summary>
    [Benchmark]
    public long Parse() => ReaderPasses.ParseOptions(Text);

    [Benchmark]
    public long PeerSpanIndexOf() => SpanIndexOf.OptionsAndLayers(Text);
}
