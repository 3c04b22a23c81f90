using BenchmarkDotNet.Attributes;
using Overlay2.Storage.Benchmarks.Passes;
using Overlay2.Storage.Benchmarks.Peers;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Suites;

/// <summary>The reader of mountinfo and its peers; the baseline only looks for the ends of lines.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    [ParamsSource(nameof(Workloads))]
    public Workload Text { get; set; } = null!;

    public static IEnumerable<Workload> Workloads => Workload.All();

    [Benchmark(Baseline = true)]
    public long NewlineSearch() => Peers.NewlineSearch.Lines(Text);

    [Benchmark]
    public long AllFields() => ReaderPasses.AllFields(Text);

    [Benchmark]
    public long MountPointAndType() => ReaderPasses.MountPointAndType(Text);

    [Benchmark]
    public long OverlayDirectories() => ReaderPasses.OverlayDirectoriesOfLines(Text);

    [Benchmark]
    public long OverlayLayers() => ReaderPasses.OverlayLayersOfLines(Text);

    [Benchmark]
    public long PeerSpanIndexOf() => SpanIndexOf.AllFields(Text);

    /// <summary>-1 where it can not read the text.</summary>
    [Benchmark]
    public long PeerReadLineAndSplit()
    {
        try
        {
            return LineSplit.AllFields(Text);
        }
        catch (FormatException)
        {
            return -1;
        }
    }

    /// <summary>-1 where the host has no libmount.</summary>
    [Benchmark]
    public long PeerLibMount() => LibMount.IsAvailable ? LibMount.AllFields(Text) : -1;
}
