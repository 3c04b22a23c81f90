using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;

namespace Overlay2.Storage.KernelTests.Detection;

public sealed class KernelProberTests(ITestOutputHelper output)
{
    private const string ScratchVariable = "OVERLAY2_PROBE_SCRATCH";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trying_contradicts_looking_nowhere_and_leaves_nothing(bool onTmpfs) => InScratch(onTmpfs, scratch =>
    {
        byte[] before = File.ReadAllBytes("/proc/thread-self/mountinfo");
        long start = Stopwatch.GetTimestamp();
        KernelProbe probe = KernelProber.Probe(BytePath.FromText(scratch));
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.Equal(before, File.ReadAllBytes("/proc/thread-self/mountinfo"));
        Assert.Empty(Directory.GetFileSystemEntries(scratch));
        foreach (ProbeResult result in probe.Results)
            output.WriteLine($"{result.Scope,-10} {result.Id,-28} {result.Evidence.Status,-7} {result.Evidence.Source}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{probe.Results.Length} answers in {took.TotalMilliseconds:F0} ms"));
        KernelProfile passive = KernelDetector.Detect().Profile;
        Assert.Empty(probe.Contradictions(passive));
        Assert.All(probe.Results, r => Assert.NotEmpty(r.Evidence.Source));
        Assert.Equal(probe.Results.Length, probe.Results.DistinctBy(r => r.Id).Count());
        Assert.All(
            probe.Results.Where(r => r.Scope == ProbeScope.Overlay && r.Evidence.Status != FeatureStatus.Unknown),
            r => Assert.Equal(r.Evidence, probe.ApplyTo(passive)[Features.Find(r.Id)!]));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_feature_that_says_Probe_is_tried(bool onTmpfs) => InScratch(onTmpfs, scratch =>
    {
        KernelProbe probe = KernelProber.Probe(BytePath.FromText(scratch));

        Assert.Equal(
            Features.All.Where(f => f.Detection.HasFlag(FeatureDetection.Probe)).Select(f => f.Id).Order(StringComparer.Ordinal),
            probe.Results.Where(r => r.Scope == ProbeScope.Overlay).Select(r => r.Id).Order(StringComparer.Ordinal));
        // What these are about shows on any file system that can be an upper, but for one that is about ext4.
        OverlayFeature[] answered =
        [
            Features.StackedFileOperations, Features.EscapedXattr, Features.XattrWhiteout, Features.ProtectedAttributes, Features.CopyRangeSameFileSystem,
            Features.TmpfsFileFlags, Features.SocketUserXattr, Features.ExchangeChecksAncestorFirst, Features.NfsExportLinkCount,
        ];
        Assert.All(answered, f => Assert.NotEqual((f, FeatureStatus.Unknown), (f, probe.Find(f.Id)!.Evidence.Status)));
        Assert.Equal(
            BackingFileSystem.Inspect(BytePath.FromText(scratch)).Type == "ext4",
            probe.Find(Features.KeepSizeSetsTime.Id)!.Evidence.Status != FeatureStatus.Unknown);
    });

    [Fact]
    public void The_file_system_under_test_is_that_of_the_scratch_directory() => PrivateNamespace.Run(scratch =>
    {
        // A directory of an overlay can not be the upper of another.
        foreach (string name in (string[])["l", "u", "w", "m"])
            Directory.CreateDirectory($"{scratch}/{name}");
        Assert.Equal(default, LibC.Mount("o"u8, Bytes($"{scratch}/m"), "overlay"u8, MountFlags.None,
            Bytes($"lowerdir={scratch}/l,upperdir={scratch}/u,workdir={scratch}/w")));

        KernelProbe probe = KernelProber.Probe(BytePath.FromText($"{scratch}/m"));

        Assert.Equal(FeatureStatus.Unknown, probe.Find("overlay")!.Evidence.Status);
        Assert.Equal(FeatureStatus.Unknown, probe.Find("metacopy")!.Evidence.Status);
        Assert.Equal(FeatureStatus.Yes, probe.Find("multiple-lowers")!.Evidence.Status);
        Assert.Empty(Directory.GetFileSystemEntries($"{scratch}/m"));
        BackingFileSystemAdvice advice = BackingFileSystem.Apply(BackingFileSystem.Inspect(BytePath.FromText($"{scratch}/m")), probe);
        Assert.Equal(("overlay", BackingFileSystemStatus.Unsupported), (advice.Type, advice.Upper));
    });

    [Fact]
    public void Names_of_the_scratch_directory_need_no_escapes() => InScratch(onTmpfs: true, scratch =>
    {
        string odd = Directory.CreateDirectory($"{scratch}/a,b:c\\d e#").FullName;

        Assert.Equal(FeatureStatus.Yes, KernelProber.Probe(BytePath.FromText(odd)).Find("layer-append")!.Evidence.Status);
    });

    [Fact]
    public void Several_probes_at_a_time_do_not_disturb_each_other() => InScratch(onTmpfs: true, scratch =>
    {
        // Each runs on a thread that starts in the namespace of its starter, so they are started from here.
        var probes = new KernelProbe[3];
        Thread[] threads = [.. Enumerable.Range(0, probes.Length).Select(i => new Thread(() => probes[i] = KernelProber.Probe(BytePath.FromText(scratch))))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.All(probes, p => Assert.Equal(probes[0].Results, p.Results));
        Assert.Empty(Directory.GetFileSystemEntries(scratch));
    });

    [Fact]
    public void A_probe_that_was_killed_leaves_no_mount_and_its_files_go_with_the_next() => InScratch(onTmpfs: true, scratch =>
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("OVERLAY2_PROBE_KILLS") ?? "2", CultureInfo.InvariantCulture);
        var random = new Random(kills);
        int left = 0;
        for (int i = 0; i < kills; i++)
        {
            byte[] before = File.ReadAllBytes("/proc/thread-self/mountinfo");
            using Process prober = StartProbing(scratch);
            Assert.True(SpinWait.SpinUntil(() => Directory.GetDirectories(scratch).Length > 0, TimeSpan.FromSeconds(60)), "no probe began");
            Thread.Sleep(random.Next(120));
            prober.Kill();
            prober.WaitForExit();

            Assert.Equal(before, File.ReadAllBytes("/proc/thread-self/mountinfo"));
            string[] remains = Directory.GetFileSystemEntries(scratch);
            Assert.True(remains.Length <= 1, string.Join(' ', remains));
            Assert.All(remains, r => Assert.StartsWith(".overlay2-probe.", Path.GetFileName(r), StringComparison.Ordinal));
            left += remains.Length;
            if (i % 2 == 0)
                Assert.Equal(remains.Length, KernelProber.RemoveLeftovers(BytePath.FromText(scratch)));
            else
                KernelProber.Probe(BytePath.FromText(scratch));
            Assert.Empty(Directory.GetFileSystemEntries(scratch));
        }

        output.WriteLine($"{kills} kills: mount tables equal each time; {left} times files were left, and removed");
    });

    /// <summary>What the test above kills: it probes in the directory of the variable for a minute; without the variable, once.</summary>
    [Fact]
    public void Probing_again_and_again_works()
    {
        string? scratch = Environment.GetEnvironmentVariable(ScratchVariable);
        if (scratch is null)
        {
            InScratch(onTmpfs: true, fresh => KernelProber.Probe(BytePath.FromText(fresh)));
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
            KernelProber.Probe(BytePath.FromText(scratch));
    }

    [Fact]
    public void A_scratch_directory_that_is_not_there_is_a_typed_error() => PrivateNamespace.Run(scratch =>
        Assert.Throws<KernelProbeException>(() => KernelProber.Probe(BytePath.FromText(scratch + "/no"))));

    [Fact]
    public void Xfs_without_types_of_entries_is_told_and_no_upper() => PrivateNamespace.Run(scratch =>
    {
        Assert.SkipWhen(Shell("command -v mkfs.xfs && command -v xfs_db") != 0, "Needs xfsprogs.");
        Assert.SkipWhen(!File.ReadAllText("/proc/filesystems").Contains("xfs", StringComparison.Ordinal), "Needs xfs in the kernel.");
        // The kernel takes no V4 file systems any more, so the feature bit of a V5 one is cleared.
        Assert.Equal(0, Shell($"""
            set -e
            cd {scratch}; mkdir with without
            truncate -s 320M with.img; mkfs.xfs -q with.img
            cp --sparse=always with.img without.img
            for ag in $(seq 0 $(($(xfs_db -r -c 'sb 0' -c 'p agcount' without.img | cut -d= -f2) - 1))); do
              bits=$(xfs_db -r -c "sb $ag" -c 'p features_incompat' without.img | cut -d= -f2)
              xfs_db -x -c "sb $ag" -c "write -d features_incompat $(printf 0x%x $((bits & ~1)))" without.img > /dev/null
            done
            """));
        try
        {
            // Both have one UUID.
            Assert.Equal(0, Shell($"cd {scratch} && mount -o loop with.img with && mount -o loop,nouuid without.img without"));
            BackingFileSystemAdvice with = Advise($"{scratch}/with");
            Assert.Equal(("xfs", BackingFileSystemStatus.Recommended, FeatureStatus.Yes), (with.Type, with.Upper, with.EntryTypes.Status));
            BackingFileSystemAdvice without = Advise($"{scratch}/without");
            Assert.Equal(("xfs", BackingFileSystemStatus.Unsupported, FeatureStatus.No), (without.Type, without.Upper, without.EntryTypes.Status));
            Assert.Contains("ftype=0", without.Reasons[0], StringComparison.Ordinal);
        }
        finally
        {
            Shell($"umount {scratch}/with {scratch}/without");
        }
    });

    [Fact]
    public void An_empty_directory_does_not_show_types_but_one_file_does() => InScratch(onTmpfs: true, scratch =>
    {
        Assert.Equal(FeatureStatus.Unknown, BackingFileSystem.Inspect(BytePath.FromText(scratch)).EntryTypes.Status);
        File.WriteAllText($"{scratch}/file", "");
        BackingFileSystemAdvice advice = BackingFileSystem.Inspect(BytePath.FromText(scratch));
        Assert.Equal(("tmpfs", FeatureStatus.Yes), (advice.Type, advice.EntryTypes.Status));
    });

    private static BackingFileSystemAdvice Advise(string directory)
    {
        KernelProbe probe = KernelProber.Probe(BytePath.FromText(directory));
        return BackingFileSystem.Apply(BackingFileSystem.Inspect(BytePath.FromText(directory)), probe);
    }

    private static void InScratch(bool onTmpfs, Action<string> action) => PrivateNamespace.Run(scratch =>
    {
        if (onTmpfs)
        {
            action(scratch);
            return;
        }

        string directory = Directory.CreateTempSubdirectory("overlay2-probe-").FullName;
        try
        {
            action(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    });

    private static Process StartProbing(string scratch)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Overlay2.Storage.KernelTests"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"*.{nameof(Probing_again_and_again_works)}");
        start.Environment[ScratchVariable] = scratch;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static int Shell(string commands)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", commands]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
