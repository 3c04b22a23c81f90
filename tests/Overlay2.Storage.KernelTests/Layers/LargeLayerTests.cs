using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Layers of many files: what opening, walking and counting take.</summary>
/// <remarks>By hand: <c>eng/million-files.sh</c>, which sets <c>OVERLAY2_LAYER_FILES=1000000</c>.</remarks>
[Collection(MemoryCollection.Name)]
public sealed class LargeLayerTests(ITestOutputHelper output)
{
    private const int FilesPerDirectory = 1000;
    private const int MostLiveBytes = 6 << 20;

    private static readonly int s_files = int.Parse(Environment.GetEnvironmentVariable("OVERLAY2_LAYER_FILES") ?? "12000", CultureInfo.InvariantCulture);

    [Fact]
    public void A_large_layer_costs_nothing_until_asked_and_little_then() => PrivateNamespace.Run(scratch =>
    {
        string top = scratch + "/layers", merged = Directory.CreateDirectory(scratch + "/merged").FullName;
        Directory.CreateDirectory(top);
        Mount("tmpfs", top, "mode=755,size=90%,nr_inodes=0");
        string lower = Make(top + "/lower"), empty = Directory.CreateDirectory(top + "/empty").FullName;
        Mount("overlay", merged, $"lowerdir={lower}:{empty},upperdir={Directory.CreateDirectory(top + "/upper").FullName},workdir={Directory.CreateDirectory(top + "/work").FullName}");
        long allocated = OpenAndClose(empty), opened = OpenAndClose(lower);
        Assert.InRange(opened, 0, allocated + 1024);
        output.WriteLine($"opening: {opened} bytes allocated, an empty layer {allocated}");
        Walk(lower);
        Count(merged);
        Cancel(merged);
        foreach (string path in (string[])[merged, top])
            PrivateNamespace.Unmount(path);
    });

    private static string Make(string folder)
    {
        for (int i = 0; i < s_files; i++)
        {
            string directory = string.Create(CultureInfo.InvariantCulture, $"{folder}/dir-{i / FilesPerDirectory:d4}");
            if (i % FilesPerDirectory == 0)
                Directory.CreateDirectory(directory);
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"{directory}/library-file-{i:d7}.so"), i % 10 == 0 ? "some bytes" : "");
        }

        return folder;
    }

    private static long OpenAndClose(string folder)
    {
        BytePath path = BytePath.FromText(folder);
        DirectoryLayer.Open(path).Value!.Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        DirectoryLayer.Open(path).Value!.Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long LiveBytes() => GC.GetTotalMemory(forceFullCollection: true);

    private static void Mount(string type, string path, string data) => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));

    private void Walk(string folder)
    {
        using DirectoryLayer layer = DirectoryLayer.Open(BytePath.FromText(folder)).Value!;
        int expected = s_files + ((s_files + FilesPerDirectory - 1) / FilesPerDirectory);
        List<LayerObject> kept = new(expected);
        long before = LiveBytes(), start = Stopwatch.GetTimestamp();
        foreach (LayerResult<LayerObject> entry in layer.Walk(layer.Root))
            kept.Add(entry.Value!);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        long bytes = (LiveBytes() - before) / kept.Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"walk: {kept.Count} objects in {took.TotalSeconds:F2} s, {kept.Count / took.TotalSeconds:F0} a second, {bytes} bytes an object kept in memory"));
        Assert.Equal(expected, kept.Count);
        Assert.InRange(bytes, 1, 250);
        GC.KeepAlive(kept);
    }

    private void Count(string merged)
    {
        using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(merged));
        int directories = (s_files + FilesPerDirectory - 1) / FilesPerDirectory;
        long before = LiveBytes(), most = 0, reports = 0, start = Stopwatch.GetTimestamp();
        var progress = new Listener(_ =>
        {
            if (reports++ % Math.Max(1, s_files / 20_000) == 0)
                most = Math.Max(most, LiveBytes() - before);
        });
        TreeCost cost = overlay.PredictTree(default, TreeOperation.ChangeOwner, progress, TestContext.Current.CancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"predict --tree chown: {cost.Objects} objects in {took.TotalSeconds:F2} s with {reports} reports, {cost.Objects / took.TotalSeconds:F0} a second, {most >> 10} KiB of live memory at most"));
        
        // The root of the overlay is in the upper layer from the start.
        Assert.Equal((LinuxError.OK, s_files + directories + 1, 1, 0), (cost.Error, cost.Objects, cost.InUpper, cost.WithoutData + cost.ProblemCount));
        Assert.Equal((cost.Objects, s_files, directories), (cost.InUpper + cost.Files + cost.Directories, cost.Files, cost.Directories));
        Assert.Equal(((s_files + 9) / 10) * 10L, cost.CopyUpBytes);
        Assert.InRange(most, 0, MostLiveBytes);
    }

    private void Cancel(string merged)
    {
        using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(merged));
        using var source = new CancellationTokenSource();
        long seen = 0;
        var progress = new Listener(cost =>
        {
            seen = cost.Objects;
            source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => overlay.PredictTree(default, TreeOperation.Touch, progress, source.Token));
        Assert.InRange(seen, 1, 2000);
        output.WriteLine($"cancellation: ended after {seen} objects, at the first report");
    }

    private sealed class Listener(Action<TreeCost> listen) : IProgress<TreeCost>
    {
        public void Report(TreeCost value) => listen(value);
    }
}
