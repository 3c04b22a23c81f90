using System.Buffers;
using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Passes;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>The pipe reader on pieces of several lengths; the baseline reads the same text as a span.</summary>
[MemoryDiagnoser]
public class PipeBenchmarks
{
    private ReadOnlySequence<byte> _pieces;

    [ParamsSource(nameof(Workloads))]
    public Workload Text { get; set; } = null!;

    /// <summary>Bytes of a piece: what one read of /proc gives at most, and what a pipe of the kernel holds.</summary>
    [Params(4_096, 65_536)]
    public int PieceLength { get; set; }

    public static IEnumerable<Workload> Workloads => [Workload.Desktop40(), Workload.Docker(10_000)];

    [GlobalSetup]
    public void Cut() => _pieces = Pieces.Cut(Text.Text, PieceLength);

    [Benchmark(Baseline = true)]
    public long Span() => ReaderPasses.MountPointAndType(Text);

    [Benchmark]
    public Task<long> Pipe() => ReaderPasses.PipeAsync(_pieces);
}
