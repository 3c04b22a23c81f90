using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows that capturing a store on disk, saving and loading it, and working out what it says grow with its layers and not faster.</summary>
internal static class StoreGrowthCommand
{
    public const string Command = "--store";

    private const int Rounds = 3;

    public static void Run()
    {
        Measure(layers: 100); // compiles
        Console.WriteLine("| layers | containers | mounts | capture | µs a layer | allocated, bytes a layer | kept, bytes a layer | references and orphans | all expected links, targets and lowers | diagnosis | save | load | file, bytes a layer |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (int layers in (ReadOnlySpan<int>)[1_000, 10_000])
            Console.WriteLine(Measure(layers));
        Console.WriteLine(FormattableString.Invariant($"\nPeak memory of this process: {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB. Best of {Rounds} rounds."));
    }

    private static string Measure(int layers)
    {
        int containers = layers / 5;
        int mounts = layers / 2;
        DirectoryInfo host = Directory.CreateTempSubdirectory("overlay2-store-");
        try
        {
            SyntheticHost.Make(host.FullName, layers, containers, mounts);
            var best = new StoreMeasurement();
            for (int round = 0; round < Rounds; round++)
                best = best.Min(MeasureOnce(host.FullName, layers, mounts));
            return FormattableString.Invariant(
                $"| {layers:N0} | {containers:N0} | {mounts:N0} | {best.Capture.TotalMilliseconds:N0} ms | {best.Capture.TotalMicroseconds / layers:N0} | {best.Allocated / layers:N0} | {best.Kept / layers:N0} | {best.References.TotalMilliseconds:N0} ms | {best.Expected.TotalMilliseconds:N0} ms | {best.Diagnosis.TotalMilliseconds:N0} ms | {best.Save.TotalMilliseconds:N0} ms | {best.Load.TotalMilliseconds:N0} ms | {best.FileLength / layers:N0} |");
        }
        finally
        {
            host.Delete(recursive: true);
        }
    }

    private static StoreMeasurement MeasureOnce(string host, int layers, int mounts)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        StorageSnapshot snapshot = StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = BytePath.FromText(host) }).GetAwaiter().GetResult();
        TimeSpan capture = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        var store = (DockerClassicStore)snapshot.Stores.Value[0];
        if (store.Layers.Count != layers || store.Problems.Count > 0 || snapshot.Mounts.Value.Entries.Length != mounts)
            throw new InvalidOperationException($"{store.Layers.Count} layers of {layers} were read, with {store.Problems.Count} problems, and {snapshot.Mounts.Value.Entries.Length} mounts.");

        start = Stopwatch.GetTimestamp();
        if (((ILayerStore)store).FindUnreferencedLayers().Count > 0)
            throw new InvalidOperationException("A layer in use is taken for an orphan.");
        TimeSpan references = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        CheckExpected(store);
        TimeSpan expected = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot);
        TimeSpan diagnosis = Stopwatch.GetElapsedTime(start);
        if (report.Findings.Any(finding => finding.Severity >= FindingSeverity.Warning))
            throw new InvalidOperationException($"A sound store has findings: {report.Findings[0]}");

        using var file = new MemoryStream();
        start = Stopwatch.GetTimestamp();
        snapshot.Save(file);
        TimeSpan save = Stopwatch.GetElapsedTime(start);
        file.Position = 0;
        start = Stopwatch.GetTimestamp();
        StorageSnapshot.Load(file);
        return new StoreMeasurement
        {
            Capture = capture,
            Allocated = allocated,
            Kept = kept,
            References = references,
            Expected = expected,
            Diagnosis = diagnosis,
            Save = save,
            Load = Stopwatch.GetElapsedTime(start),
            FileLength = file.Length,
        };
    }

    private static void CheckExpected(DockerClassicStore store)
    {
        foreach (OverlayDriverLayer layer in store.Layers)
        {
            if (store.GetExpectedLink(layer.Id).Value != layer.Link.Content || store.GetExpectedLower(layer.Id).Value != layer.Lower.Content
                || store.GetExpectedShortLinkTarget(layer.Link.Content).Status != ExpectedValueStatus.Known)
            {
                throw new InvalidOperationException($"{layer.Id} is computed wrongly.");
            }
        }
    }
}
