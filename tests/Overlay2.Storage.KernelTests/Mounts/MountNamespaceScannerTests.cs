using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Mounts;

public sealed class MountNamespaceScannerTests(ITestOutputHelper output)
{
    /// <summary>By hand: eng/kernel-figures.sh, which sets OVERLAY2_SCAN_NAMESPACES=300 and OVERLAY2_SCAN_MOUNTS=500.</summary>
    [Fact]
    public void Each_namespace_is_read_once_and_as_a_plain_loop_reads_it() => PrivateNamespace.Run(scratch =>
    {
        int namespaces = Count("OVERLAY2_SCAN_NAMESPACES", 12);
        int mounts = Count("OVERLAY2_SCAN_MOUNTS", 40);
        using var keepers = new NamespaceThreads(namespaces, index =>
        {
            for (int i = 0; i < mounts; i++)
                Mount($"ns{index}", scratch, "tmpfs");
        });
        var scanner = new MountNamespaceScanner(new MountNamespaceScannerOptions { IncludeThreads = true });

        long start = Stopwatch.GetTimestamp();
        ForEach(scanner, _ => { });
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        var tables = new Dictionary<ulong, List<string>>();
        long before = LiveBytes();
        long most = 0;
        ForEach(scanner, found =>
        {
            Assert.True(found.IsRead, found.Failure?.Message);
            Assert.True(tables.TryAdd(found.Id, []), "a namespace came twice");
            if (keepers.Ids.Contains(found.Id))
                tables[found.Id] = [found.Table.Entries[^1].Source.ToString(), found.Table.Entries.Length.ToString(CultureInfo.InvariantCulture)];
            if (tables.Count % 8 == 0)
                most = Math.Max(most, LiveBytes() - before);
        });

        Assert.Superset(keepers.Ids.ToHashSet(), tables.Keys.ToHashSet());
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < namespaces; i++)
        {
            MountTable plain = MountTable.Parse(File.ReadAllBytes($"/proc/self/task/{keepers.ThreadIds[i]}/mountinfo"));
            Assert.Equal([$"ns{i}", plain.Entries.Length.ToString(CultureInfo.InvariantCulture)], tables[keepers.Ids[i]]);
            Assert.Equal(mounts, plain.Entries.Count(e => e.Source.ToString() == $"ns{i}"));
        }

        TimeSpan loop = Stopwatch.GetElapsedTime(start);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{namespaces} namespaces of {mounts} mounts and more: scan {took.TotalMilliseconds:F0} ms, plain loop over the known ones {loop.TotalMilliseconds:F0} ms; live memory at most {most >> 10} KiB more"));
        Assert.True(most < 128 << 20, $"{most} bytes");
    });

    [Fact]
    public void A_leaked_overlay_is_traced_to_its_process() => PrivateNamespace.Run(scratch =>
    {
        string merged = Make(scratch, "merged");
        Mount("overlay", merged, "overlay", $"lowerdir={Make(scratch, "l")},upperdir={Make(scratch, "u")},workdir={Make(scratch, "w")}");
        MountEntry overlay = MountTable.Load(MountTableSource.Self).Resolve(BytePath.FromText(merged))!;
        using Process leak = NamespaceProcess.Start(":");
        PrivateNamespace.Unmount(merged);
        var scanner = new MountNamespaceScanner();

        MountHolder holder = Assert.Single(scanner.FindDeviceHoldersAsync(overlay.Major, overlay.Minor).GetAwaiter().GetResult());
        Assert.Equal((leak.Id, "sh"), (holder.Processes[0].ProcessId, holder.Processes[0].Name.ToString()));
        Assert.Equal(merged, Assert.Single(holder.Mounts).MountPoint.ToString());

        NamespaceProcess.End(leak);
        Assert.Empty(scanner.FindDeviceHoldersAsync(overlay.Major, overlay.Minor).GetAwaiter().GetResult());
    });

    [Fact]
    public void A_path_is_held_by_mounts_on_it_and_by_bind_mounts_of_it_elsewhere() => PrivateNamespace.Run(scratch =>
    {
        string held = Make(scratch, "held");
        string elsewhere = Make(scratch, "elsewhere");
        string unrelated = Make(scratch, "unrelated");
        using Process binder = NamespaceProcess.Start($"mount --bind {held} {elsewhere}; mount --bind {unrelated} {unrelated}");
        using Process mounter = NamespaceProcess.Start($"mount -t tmpfs on-it {held}");
        using Process neither = NamespaceProcess.Start($"mount --bind {unrelated} {elsewhere}");

        MountHolder[] holders = [.. new MountNamespaceScanner().FindPathHoldersAsync(BytePath.FromText(held)).GetAwaiter().GetResult()];

        Assert.Equal(
            new[] { (binder.Id, elsewhere), (mounter.Id, held) }.OrderBy(h => h.Item1),
            holders.Select(h => (h.Processes[0].ProcessId, Assert.Single(h.Mounts).MountPoint.ToString())));
        foreach (Process process in (Process[])[binder, mounter, neither])
            NamespaceProcess.End(process);
    });

    [Fact]
    public void Processes_that_end_during_the_scan_are_no_error() => PrivateNamespace.Run(_ =>
    {
        using var stop = new CancellationTokenSource();
        Task churn = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using Process process = Process.Start("unshare", ["--mount", "true"]);
                process.WaitForExit();
            }
        });

        for (int i = 0; i < 30; i++)
            ForEach(new MountNamespaceScanner(), found => Assert.True(found.IsRead, found.Failure?.Message));
        stop.Cancel();
        churn.Wait(TimeSpan.FromSeconds(10));
    });

    [Fact]
    public void A_reader_that_stops_early_ends_the_scan() => PrivateNamespace.Run(_ =>
    {
        using var keepers = new NamespaceThreads(8, _ => { });
        var scanner = new MountNamespaceScanner(new MountNamespaceScannerOptions { IncludeThreads = true, Parallelism = 1 });

        Task<int> first = Task.Run(async () =>
        {
            await foreach (MountNamespace found in scanner.ScanAsync())
                return found.Table!.Entries.Length;
            return 0;
        });

        Assert.True(first.Wait(TimeSpan.FromSeconds(10)));
        Assert.NotEqual(0, first.Result);
    });

    /// <summary>With a proc(5) that has these processes only: others on the machine make namespaces too.</summary>
    [Fact]
    public void What_is_made_in_a_user_namespace_keeps_nothing_of_roots_from_being_read() => PrivateNamespace.Run(scratch =>
    {
        string proc = Directory.CreateTempSubdirectory("overlay2-proc-").FullName; // where threads outside of this namespace see it too
        string target = Make(scratch, "target");
        Make(proc, "1/ns");
        File.CreateSymbolicLink($"{proc}/1/ns/user", new FileInfo("/proc/self/ns/user").LinkTarget!);
        using Process stranger = NamespaceProcess.Start($"for i in $(seq 50); do mount -t tmpfs big {target}; done", "--user", "--map-root-user");
        using Process other = NamespaceProcess.Start(":", "setpriv", "--reuid", "65534");
        using Process root = NamespaceProcess.Start($"mount -t tmpfs own {target}");
        foreach (Process process in (Process[])[stranger, other, root])
            File.CreateSymbolicLink(string.Create(CultureInfo.InvariantCulture, $"{proc}/{process.Id}"), string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}"));
        int most = TextOf(root).Length + TextOf(other).Length;

        foreach ((int bytes, bool[] isRead) in ((int, bool[])[])[(most - 1, [true, false, false]), (most, [true, true, false]), (most + TextOf(stranger).Length, [true, true, true])])
        {
            var found = new List<MountNamespace>();
            ForEach(new MountNamespaceScanner(new MountNamespaceScannerOptions { ProcDirectory = BytePath.FromText(proc), MaxTotalBytes = bytes }), found.Add);

            Assert.Equal([root.Id, other.Id, stranger.Id], found.Select(one => Assert.Single(one.ProcessIds)));
            Assert.Equal(isRead, found.Select(one => one.IsRead));
        }

        foreach (Process process in (Process[])[stranger, other, root])
            NamespaceProcess.End(process);
        Directory.Delete(proc, recursive: true);

        static byte[] TextOf(Process process) => File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/mountinfo"));
    });

    [Fact]
    public void A_capture_says_which_namespaces_its_bound_left_out() => PrivateNamespace.Run(_ =>
    {
        using Process process = NamespaceProcess.Start(":");
        StorageSnapshot whole = Capture(SnapshotOptions.Default.MaxNamespaceBytes);
        StorageSnapshot bounded = Capture(1);
        using var file = new MemoryStream();
        bounded.Save(file);
        file.Position = 0;

        Assert.True(Find(whole).Mounts.IsKnown, Find(whole).Mounts.Reason);
        foreach (SnapshotNamespace left in (SnapshotNamespace[])[Find(bounded), Find(StorageSnapshot.Load(file))])
        {
            Assert.Equal(process.Id, Assert.Single(left.Processes).ProcessId);
            Assert.Contains("the 1 bytes that the mount tables of all namespaces may have together", left.Mounts.Reason, StringComparison.Ordinal);
        }

        NamespaceProcess.End(process);

        static StorageSnapshot Capture(long bytes) =>
            Task.Run(() => StorageSnapshot.CaptureAsync(new SnapshotOptions { AllNamespaces = true, MaxNamespaceBytes = bytes })).GetAwaiter().GetResult();

        SnapshotNamespace Find(StorageSnapshot snapshot) => snapshot.OtherNamespaces.Value.Single(one => one.Processes.Any(holder => holder.ProcessId == process.Id));
    });

    private static void ForEach(MountNamespaceScanner scanner, Action<MountNamespace> action) => Task.Run(async () =>
    {
        await foreach (MountNamespace found in scanner.ScanAsync())
            action(found);
    }).GetAwaiter().GetResult();

    private static long LiveBytes()
    {
        GC.Collect();
        return GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes;
    }

    private static int Count(string variable, int usual) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? usual.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Make(string parent, string name) => Directory.CreateDirectory($"{parent}/{name}").FullName;

    private static void Mount(string source, string target, string type, string data = "") =>
        Assert.Equal(default, LibC.Mount(
            Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));
}
