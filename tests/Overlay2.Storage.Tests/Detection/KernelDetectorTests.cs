using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Tests.Kernel;
using static Overlay2.Storage.Kernel.FeatureStatus;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;

namespace Overlay2.Storage.Tests.Detection;

public sealed class KernelDetectorTests : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-detector-").FullName;

    public static TheoryData<string> Recorded { get; } = [.. KernelTruth.Kernels];

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_recorded_tree_gives_the_recorded_release_parameters_and_types(string kernel)
    {
        KernelProfile recorded = KernelTruth.Profile(kernel);
        KernelProfile found = Tree(kernel).Profile;

        Assert.Equal(recorded.Version, found.Version);
        Assert.Equal(recorded.Release, found.Release);
        Assert.Equal(recorded.Parameters, found.Parameters);
        Assert.Equal(recorded.FileSystems, found.FileSystems);
        Assert.Equal(recorded.KernelConfig.Where(line => !line.Contains("EXPORTFS", StringComparison.Ordinal)), found.KernelConfig);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void The_passive_answer_never_contradicts_what_the_kernel_answered_to_real_mounts(string kernel)
    {
        KernelProfile recorded = KernelTruth.Profile(kernel);
        KernelProfile found = Tree(kernel).Profile;

        IEnumerable<string> contradictions = Features.All
            .Where(f => found[f].Status != Unknown && recorded[f].Status != Unknown && found[f].Status != recorded[f].Status)
            .Select(f => $"{f}: passively {found[f]}, probed {recorded[f]}");
        Assert.Empty(contradictions);
    }

    [Theory]
    [InlineData("3.10.0-1160.el7", "overlay=Yes multiple-lowers=Yes redirect-dir=Yes index=Yes metacopy=No xino=No volatile=Unknown userxattr=Unknown")]
    [InlineData("4.18.0-553.el8", "overlay=Yes multiple-lowers=Yes metacopy=Yes xino=Yes stacked-file-operations=Yes overlap-check=Unknown volatile=Unknown")]
    [InlineData("5.14.0-427.el9", "overlay=Yes multiple-lowers=Yes redirect-dir=Yes userxattr=Yes volatile=Yes protattr=Unknown data-only-layers=Unknown")]
    [InlineData("5.4.0-generic", "overlay=Yes metacopy=Yes overlap-check=Yes volatile=Unknown")]
    [InlineData("5.15.0-generic", "overlay=Yes volatile=Yes userxattr=Yes protattr=Yes idmapped-layers=Unknown")]
    [InlineData("3.18", "overlay=Yes multiple-lowers=No redirect-dir=No index=No volatile=No")]
    [InlineData("3.10", "overlay=No multiple-lowers=No redirect-dir=No")]
    [InlineData("5.10.262", "overlay=Yes volatile=Yes userxattr=Unknown uuid-off=Unknown")]
    [InlineData("6.18.44", "layer-append=Yes override-creds=Yes fsync-mode=Yes exchange-checks-ancestor-first=No")]
    [InlineData("7.3.4", "fsync-mode=Yes nfs-export-link-count=Yes")]
    public void A_kernel_is_judged_by_evidence_and_backports_leave_unknown(string tree, string expected)
    {
        KernelProfile profile = Tree(tree).Profile;

        foreach (string pair in expected.Split(' '))
        {
            string[] parts = pair.Split('=');
            FeatureEvidence evidence = profile[Features.Find(parts[0])!];
            Assert.True(Enum.Parse<FeatureStatus>(parts[1]) == evidence.Status, $"{parts[0]}: {evidence}");
            Assert.NotEmpty(evidence.Source);
        }
    }

    [Theory]
    [InlineData("3.10.0-1160.el7", No, "max_user_namespaces")]
    [InlineData("5.10.262", No, "unprivileged_userns_clone")]
    [InlineData("5.10.46", No, "permit_mounts_in_userns")]
    [InlineData("5.4.0-generic", Unknown, "backports")]
    [InlineData("5.15.0-generic", Yes, "5.11")]
    [InlineData("4.18.0-553.el8", Unknown, "backports")]
    [InlineData("3.18", Unknown, "could not be read")]
    public void Unprivileged_mounts_follow_the_limits_then_the_release(string tree, FeatureStatus expected, string because)
    {
        FeatureEvidence evidence = Tree(tree).UnprivilegedMount;

        Assert.Equal(expected, evidence.Status);
        Assert.Contains(because, evidence.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_root_leaves_every_feature_unknown()
    {
        KernelDetection detection = KernelDetector.Detect(BytePath.FromText(_scratch));

        Assert.All(Features.All, f => Assert.Equal(Unknown, detection.Profile[f].Status));
        Assert.Equal(Unknown, detection.UnprivilegedMount.Status);
        Assert.All(detection.Sources, s => Assert.Equal(KernelSourceStatus.Absent, s.Status));
        Assert.All(detection.Settings, s => Assert.False(s.IsKnown));
    }

    [Fact]
    public void A_missing_parameter_directory_says_no_only_where_sys_is_there()
    {
        Write("proc/sys/kernel/osrelease", "5.4.0-x\n");
        Write("proc/filesystems", "nodev\toverlay\n");
        Assert.Equal(Yes, KernelDetector.Detect(BytePath.FromText(_scratch)).Profile[Features.Metacopy].Status);

        Directory.CreateDirectory(Path.Combine(_scratch, "sys/module"));
        Assert.Equal(No, KernelDetector.Detect(BytePath.FromText(_scratch)).Profile[Features.Metacopy].Status);
    }

    [Fact]
    public void A_directory_in_place_of_a_file_and_junk_are_unreadable_not_fatal()
    {
        Directory.CreateDirectory(Path.Combine(_scratch, "proc/filesystems"));
        Write("proc/config.gz", "this is not gzip");
        Write("proc/sys/kernel/osrelease", new string('9', 70_000));

        KernelDetection detection = KernelDetector.Detect(BytePath.FromText(_scratch));

        Assert.Equal("", detection.Profile.Release);
        Assert.Equal(
            ["/proc/config.gz", "/proc/filesystems", "/proc/sys/kernel/osrelease"],
            detection.Sources.Where(s => s.Status == KernelSourceStatus.Unreadable).Select(s => s.Path.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_small_gzip_file_that_unpacks_to_much_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_scratch, "proc"));
        using (var file = new System.IO.Compression.GZipStream(File.Create(Path.Combine(_scratch, "proc/config.gz")), System.IO.Compression.CompressionLevel.Fastest))
        {
            for (int i = 0; i < 64; i++)
                file.Write(new byte[1 << 20]);
        }

        KernelDetection detection = KernelDetector.Detect(BytePath.FromText(_scratch));

        Assert.Empty(detection.Profile.KernelConfig);
        Assert.Contains(detection.Sources, s => s.Status == KernelSourceStatus.Unreadable && s.Path == BytePath.FromText("/proc/config.gz"));
    }

    [Fact]
    public void Links_in_a_host_root_do_not_lead_out_of_it()
    {
        string outside = Directory.CreateTempSubdirectory("overlay2-outside-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "osrelease"), "9.9.9\n");
            Directory.CreateDirectory(Path.Combine(_scratch, "proc/sys/kernel"));
            File.CreateSymbolicLink(Path.Combine(_scratch, "proc/sys/kernel/osrelease"), Path.Combine(outside, "osrelease"));

            Assert.Equal("", KernelDetector.Detect(BytePath.FromText(_scratch)).Profile.Release);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void The_running_kernel_is_found_without_privileges()
    {
        KernelDetection detection = KernelDetector.Detect();

        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), detection.Profile.Release);
        Assert.Equal(File.ReadAllText("/proc/sys/fs/mount-max").Trim(), detection.FindSetting("fs.mount-max")!.Value);
        Assert.Null(detection.FindSetting("no.such"));
    }

    [Fact]
    public void A_root_that_is_not_there_is_an_exception() =>
        Assert.Throws<DirectoryNotFoundException>(() => KernelDetector.Detect(BytePath.FromText(Path.Combine(_scratch, "no"))));

    [Fact]
    public void A_detected_profile_survives_a_file()
    {
        KernelProfile profile = Tree("4.18.0-553.el8").Profile;

        Assert.Equal(profile.Features, KernelProfile.Parse(profile.ToJson()).Features);
    }

    private static KernelDetection Tree(string name) => KernelDetector.Detect(BytePath.FromText(Repository.Data("detection", name)));

    private void Write(string path, string text)
    {
        string full = Path.Combine(_scratch, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
