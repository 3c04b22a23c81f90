using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Mounts;

public sealed class MountWatcherTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Added_moved_remounted_and_removed_mounts_are_told_in_turn(bool textOnly) => PrivateNamespace.Run(scratch =>
    {
        string from = Make(scratch, "from");
        string to = Make(scratch, "to");
        using var watcher = new MountWatcher(new MountWatcherOptions { TextOnly = textOnly });
        using MountWatch watch = watcher.Watch(MountTableSource.Self);
        BlockingCollection<MountChange> changes = Collect(watch);

        Mount("t", from, "tmpfs", MountFlags.None);
        MountChange added = Take(changes);
        Assert.Equal((MountChangeKind.Added, from), (added.Kind, added.Mount.MountPoint.ToString()));

        Mount(from, to, "", MountFlags.Move);
        MountChange moved = Take(changes);
        Assert.Equal((MountChangeKind.Moved, from, to), (moved.Kind, moved.Before!.MountPoint.ToString(), moved.After!.MountPoint.ToString()));

        Mount("", to, "", MountFlags.Remount | MountFlags.Bind | MountFlags.ReadOnly);
        MountChange remounted = Take(changes);
        Assert.Equal(MountChangeKind.Remounted, remounted.Kind);
        Assert.Equal(("rw,relatime", "ro,relatime"), (remounted.Before!.Options.ToString(), remounted.After!.Options.ToString()));

        Unmount(to);
        MountChange removed = Take(changes);
        Assert.Equal((MountChangeKind.Removed, added.Mount.MountId), (removed.Kind, removed.Mount.MountId));
        Assert.Empty(changes);
    });

    [Fact]
    public void A_remount_in_a_burst_of_mounts_is_not_lost() => PrivateNamespace.Run(scratch =>
    {
        string kept = Make(scratch, "kept");
        Mount("t", kept, "tmpfs", MountFlags.None);
        using var watcher = new MountWatcher();
        using MountWatch watch = watcher.Watch(MountTableSource.Self);
        BlockingCollection<MountChange> changes = Collect(watch);

        string other = Make(scratch, "other");
        Mount("t", other, "tmpfs", MountFlags.None);
        Assert.Equal(default, LibC.Mount("t"u8, Encoding.UTF8.GetBytes(kept), ""u8, MountFlags.Remount, "size=128k"u8));

        List<MountChange> seen = [Take(changes), Take(changes)];
        Assert.Contains(seen, c => c.Kind == MountChangeKind.Added && c.Mount.MountPoint.ToString() == other);
        Assert.Contains(seen, c => c.Kind == MountChangeKind.Remounted && c.After!.SuperOptions.ToString().Contains("size=128k", StringComparison.Ordinal));
    });

    [Fact]
    public void Mounts_below_a_moved_mount_move_too() => PrivateNamespace.Run(scratch =>
    {
        string from = Make(scratch, "from");
        string to = Make(scratch, "to");
        Mount("t", from, "tmpfs", MountFlags.None);
        Mount("u", Make(from, "below"), "tmpfs", MountFlags.None);
        using var watcher = new MountWatcher();
        using MountWatch watch = watcher.Watch(MountTableSource.Self);
        BlockingCollection<MountChange> changes = Collect(watch);

        Mount(from, to, "", MountFlags.Move);

        MountChange[] moved = [Take(changes), Take(changes)];
        Assert.All(moved, c => Assert.Equal(MountChangeKind.Moved, c.Kind));
        Assert.Equal([to, to + "/below"], moved.Select(c => c.After!.MountPoint.ToString()).Order(StringComparer.Ordinal));
    });

    /// <summary>By hand: eng/kernel-figures.sh, which sets OVERLAY2_WATCH_MOUNTS=10000.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_full_speed_no_net_change_is_lost_and_a_slow_reader_takes_no_memory(bool textOnly) => PrivateNamespace.Run(scratch =>
    {
        int count = Count("OVERLAY2_WATCH_MOUNTS", 400);
        using var watcher = new MountWatcher(new MountWatcherOptions { TextOnly = textOnly });
        using MountWatch watch = watcher.Watch(MountTableSource.Self);
        var state = new ConcurrentDictionary<int, MountEntry>(watch.Table.Entries.Select(e => KeyValuePair.Create(e.MountId, e)));
        int told = 0;
        Task reader = Task.Run(async () =>
        {
            await foreach (MountChange change in watch)
            {
                Apply(state, change);
                if (++told % 50 == 0)
                    await Task.Delay(1);
            }
        });

        string[] points = [.. Enumerable.Range(0, 16).Select(i => Make(scratch, $"m{i}"))];
        var random = new Random(count);
        long before = LiveBytes();
        long most = 0;
        long start = Stopwatch.GetTimestamp();
        var mounted = new List<string>();
        for (int i = 0; i < count; i++)
        {
            if (mounted.Count == 0 || (mounted.Count < 300 && random.Next(2) == 0))
            {
                mounted.Add(points[random.Next(points.Length)]);
                Mount("storm", mounted[^1], "tmpfs", MountFlags.None);
            }
            else
            {
                int at = mounted.FindLastIndex(_ => true);
                Unmount(mounted[at]);
                mounted.RemoveAt(at);
            }

            if (i % (count / 8) == 0)
                most = Math.Max(most, LiveBytes());
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        SortedDictionary<int, string> expected = Describe(MountTable.Load(MountTableSource.Self).Entries);
        Assert.True(SpinWait.SpinUntil(() => Describe(state.Values).SequenceEqual(expected), s_limit), "the state never became the kernel's");
        Thread.Sleep(300);
        Assert.Equal(expected, Describe(state.Values));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(textOnly ? "text" : "kernel")}: {count} mounts and unmounts in {took.TotalMilliseconds:F0} ms, {told} changes told; live memory {before >> 10} KiB before, at most {most >> 10} KiB"));
        Assert.True(most < before + (16 << 20), $"{before} to {most} bytes");
        watch.Dispose();
        Assert.True(reader.Wait(s_limit));
        while (mounted.Count > 0)
        {
            Unmount(mounted[^1]);
            mounted.RemoveAt(mounted.Count - 1);
        }
    });

    /// <summary>How soon is judged by hand, on a quiet machine: eng/kernel-figures.sh, which sets OVERLAY2_WATCH_LATENCIES=1000.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_single_change_is_told(int debounceMilliseconds) => PrivateNamespace.Run(scratch =>
    {
        int count = Count("OVERLAY2_WATCH_LATENCIES", 30);
        using var watcher = new MountWatcher(new MountWatcherOptions { Debounce = TimeSpan.FromMilliseconds(debounceMilliseconds) });
        using MountWatch watch = watcher.Watch(MountTableSource.Self);
        var changes = new BlockingCollection<(MountChange Change, long At)>();
        _ = Task.Run(async () =>
        {
            await foreach (MountChange change in watch)
                changes.Add((change, Stopwatch.GetTimestamp()));
        });

        string point = Make(scratch, "m");
        var latencies = new List<double>();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Mount("t", point, "tmpfs", MountFlags.None);
            Assert.True(changes.TryTake(out (MountChange Change, long At) added, s_limit));
            latencies.Add(Stopwatch.GetElapsedTime(start, added.At).TotalMilliseconds);
            Unmount(point);
            Assert.True(changes.TryTake(out _, s_limit));
        }

        latencies.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"debounce {debounceMilliseconds} ms, {count} mounts: latency median {latencies[count / 2]:F2} ms, 99th percentile {latencies[count * 99 / 100]:F2} ms"));
        if (Environment.GetEnvironmentVariable("OVERLAY2_WATCH_LATENCIES") is not null)
            Assert.True(latencies[count / 2] < debounceMilliseconds + 200, $"median {latencies[count / 2]} ms");
    });

    [Fact]
    public void Many_watches_have_one_thread_which_takes_no_time_when_nothing_happens() => PrivateNamespace.Run(scratch =>
    {
        using var watcher = new MountWatcher();
        MountWatch[] watches = [.. Enumerable.Range(0, 20).Select(_ => watcher.Watch(MountTableSource.Self))];
        BlockingCollection<MountChange>[] changes = [.. watches.Select(Collect)];
        Mount("t", Make(scratch, "m"), "tmpfs", MountFlags.None);
        Assert.All(changes, c => Assert.Equal(MountChangeKind.Added, Take(c).Kind));

        Thread.Sleep(500);
        long before = WatcherThreadTicks();
        Thread.Sleep(1000);
        Assert.Equal(before, WatcherThreadTicks());
        foreach (MountWatch watch in watches)
            watch.Dispose();
    });

    [Fact]
    public void Cancelling_ends_the_reader_and_disposing_ends_the_enumeration() => PrivateNamespace.Run(_ =>
    {
        using var watcher = new MountWatcher();
        using MountWatch cancelled = watcher.Watch(MountTableSource.Self);
        using var source = new CancellationTokenSource();
        Task waiting = Task.Run(async () =>
        {
            await foreach (MountChange change in cancelled.WithCancellation(source.Token))
                Assert.Fail(change.ToString());
        });
        source.Cancel();
        Assert.True(Task.WhenAny(waiting).Wait(s_limit));
        Assert.True(waiting.IsCanceled);

        MountWatch disposed = watcher.Watch(MountTableSource.Self);
        Task ending = Task.Run(async () =>
        {
            await foreach (MountChange change in disposed)
                Assert.Fail(change.ToString());
        });
        watcher.Dispose();
        Assert.True(ending.Wait(s_limit));
        Assert.Throws<ObjectDisposedException>(() => watcher.Watch(MountTableSource.Self));
    });

    [Fact]
    public void Another_process_is_watched_in_its_namespace() => PrivateNamespace.Run(scratch =>
    {
        using Process other = NamespaceProcess.Start($"echo ready; read line; mount -t tmpfs theirs {scratch}");
        using var watcher = new MountWatcher();
        using MountWatch watch = watcher.Watch(MountTableSource.Process(other.Id));
        BlockingCollection<MountChange> changes = Collect(watch);

        other.StandardInput.WriteLine();

        Assert.Equal("theirs", Take(changes).Mount.Source.ToString());
        NamespaceProcess.End(other);
    });

    private static void Apply(ConcurrentDictionary<int, MountEntry> state, MountChange change)
    {
        if (change.Kind == MountChangeKind.Removed)
            state.TryRemove(change.Mount.MountId, out _);
        else
            state[change.Mount.MountId] = change.Mount;
    }

    private static SortedDictionary<int, string> Describe(IEnumerable<MountEntry> entries) =>
        new(entries.ToDictionary(e => e.MountId, e => $"{e.ParentId} {e.Root} {e.MountPoint} {e.Options} {e.FileSystemType} {e.Source} {e.SuperOptions}"));

    private static BlockingCollection<MountChange> Collect(MountWatch watch)
    {
        var changes = new BlockingCollection<MountChange>();
        _ = Task.Run(async () =>
        {
            await foreach (MountChange change in watch)
                changes.Add(change);
        });
        return changes;
    }

    private static MountChange Take(BlockingCollection<MountChange> changes)
    {
        Assert.True(changes.TryTake(out MountChange? change, s_limit), "no change was told");
        return change;
    }

    /// <summary>User and system time of the only watcher thread of this process.</summary>
    private static long WatcherThreadTicks()
    {
        string stat = Assert.Single(
            Directory.GetDirectories("/proc/self/task").Select(task => File.ReadAllText(task + "/stat")),
            text => text.Contains("(mount watcher)", StringComparison.Ordinal));
        string[] fields = stat[(stat.IndexOf(')', StringComparison.Ordinal) + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static long LiveBytes()
    {
        GC.Collect();
        return GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes;
    }

    private static int Count(string variable, int usual) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? usual.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Make(string parent, string name) => Directory.CreateDirectory($"{parent}/{name}").FullName;

    private static void Mount(string source, string target, string type, MountFlags flags) =>
        Assert.Equal(default, LibC.Mount(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), Encoding.UTF8.GetBytes(type), flags, ""u8));

    private static void Unmount(string target) => PrivateNamespace.Unmount(target);
}
