using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Diagnosis.Logs;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Diagnosis;

public sealed class LogRecognizerTests
{
    [Theory]
    [InlineData("OVL0001", "driver \"overlay2\" failed to remove root filesystem for c: error while removing /var/lib/docker/overlay2/c: invalid argument")]
    [InlineData("OVL0001 OVL0005", "Error response from daemon: driver \"overlay2\" failed to remove root filesystem: unlinkat /var/lib/docker/overlay2/c/merged: device or resource busy")]
    [InlineData("OVL0002 OVL0106", "Error response from daemon: stat /var/lib/docker/overlay2/c: no such file or directory")]
    [InlineData("OVL0009", "overlayfs: upperdir is in-use as upperdir/workdir of another mount, accessing files from both mounts will result in undefined behavior.")]
    [InlineData("OVL0011", "[12.5] overlayfs: failed to create directory /u/work/work (errno: 17); mounting read-only")]
    [InlineData("OVL0101", "level=error msg=\"refusing to remove empty link for layer abc\"")]
    [InlineData("OVL0102", "readlink /var/lib/docker/overlay2/l/ABC: no such file or directory")]
    [InlineData("OVL0102 OVL0201", "overlayfs: failed to resolve '/var/lib/docker/overlay2/l/ABC': -2")]
    [InlineData("OVL0103", "readlink /var/lib/docker/overlay2: invalid argument")]
    [InlineData("OVL0104", "readlink /var/lib/docker/overlay2/l: invalid argument")]
    [InlineData("OVL0108", "failed to register layer: rename /d/image/overlay2/layerdb/tmp/write-set-1 /d/image/overlay2/layerdb/sha256/a: file exists")]
    [InlineData("OVL0202", "overlayfs: unescaped trailing colons in lowerdir mount option.")]
    [InlineData("OVL0205", "overlayfs: maximum fs stacking depth exceeded")]
    [InlineData("OVL0207", "overlayfs: failed to verify upper root origin")]
    [InlineData("OVL0208", "overlayfs: upperdir is in-use as upperdir/workdir of another mount, mount with '-o index=off' to override exclusive upperdir protection.")]
    [InlineData("OVL0209", "overlay with incompat feature 'volatile' cannot be mounted")]
    [InlineData("OVL0210", "overlay: Unknown parameter 'x'")]
    [InlineData("OVL0210", "overlayfs: unrecognized mount option \"x\" or missing value")]
    [InlineData("OVL0301", "overlay2: the backing xfs filesystem is formatted without d_type support, which leads to incorrect behavior.")]
    [InlineData("OVL0302", "Not using native diff for overlay2, this may cause degraded performance for building images")]
    [InlineData("OVL0403", "--storage-opt is supported only for overlay over xfs with 'pquota' mount option")]
    [InlineData("OVL0601 OVL0609", "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are specified both as a flag and in the configuration file: storage-driver: (from flag: overlay2, from file: overlay2)")]
    [InlineData("OVL0602", "error initializing graphdriver: overlay2: unknown option overlay2.override_kernel_check: overlay2")]
    [InlineData("OVL0603", "/var/lib/docker contains several valid graphdrivers: overlay2, aufs; cleanup or explicitly choose storage driver (-s <DRIVER>)")]
    [InlineData("OVL0611", "Can't create ID mappings: no subuid ranges found for user \"dockremap\"")]
    [InlineData("OVL0401", "write /var/lib/docker/tmp/GetImageBlob1: no space left on device")]
    [InlineData("", "add_watch: cannot watch /srv/www: no space left on device")]
    [InlineData("", "mkdir /sys/fs/cgroup/memory/docker/c: no space left on device")]
    [InlineData("", "fuse: device not found, try 'modprobe fuse' first")]
    [InlineData("", "rm: cannot remove '/tmp/build/rootfs/proc': Device or resource busy")]
    [InlineData("", "rm: cannot remove '/var/lib/docker/volumes/v/_data': Device or resource busy")]
    [InlineData("", "open /srv/backup/snapshots/daily: no such file or directory")]
    [InlineData("", "mount: /dev/sdb1 is write-protected, mounting read-only")]
    [InlineData("", "level=info msg=\"Loading containers: done.\"")]
    public void A_line_suggests_findings(string ids, string line) =>
        Assert.Equal(ids, string.Join(' ', LogRecognizer.Recognize(line).Select(suggestion => suggestion.Descriptor.Id)));

    [Theory]
    [InlineData("missing-l-symlink", "OVL0102")]
    [InlineData("workdir-uncleanable", "OVL0011")]
    [InlineData("workdir-volatile-marker", "OVL0209")]
    [InlineData("lower-file-missing", "OVL0113")]
    [InlineData("immutable-file-blocks-removal", "OVL0115")]
    [InlineData("shadow-foreign-fs", "OVL0002")]
    public void What_a_real_engine_and_kernel_said_is_recognized(string state, string id)
    {
        string[] lines = File.ReadAllLines(Repository.Data("docker-root", state, "messages.txt"));

        Assert.Contains(id, lines.SelectMany(line => LogRecognizer.Recognize(line)).Select(suggestion => suggestion.Descriptor.Id));
    }

    [Fact]
    public void Paths_are_those_that_the_line_names() => Assert.Equal(
        ["/var/lib/docker/overlay2/c/merged", "/a\\377b"],
        LogRecognizer.Recognize([.. "unlinkat /var/lib/docker/overlay2/c/merged: device or resource busy '/a"u8, 0xff, .. "b'"u8])[0].Paths.Select(path => path.ToString()));

    [Fact]
    public void A_log_alone_is_information()
    {
        DiagnosisReport report = CorpusSnapshots.Diagnose(CorpusSnapshots.Read("healthy-stopped") with { Log = Log("overlay with incompat feature 'volatile' cannot be mounted") });

        Finding finding = Assert.Single(report.Findings, finding => finding.Id == "OVL0209");
        Assert.Equal((FindingSeverity.Information, FindingStatus.Suspected), (finding.Severity, finding.Status));
        Assert.Empty(CorpusSnapshots.Ids(report));
    }

    [Fact]
    public void A_log_that_names_the_subject_makes_a_finding_sure()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("orphan-init-after-failed-create");
        Finding suspected = Assert.Single(CorpusSnapshots.Diagnose(snapshot).Findings, finding => finding.Id == "OVL0107");
        Assert.Equal(FindingStatus.Suspected, suspected.Status);

        snapshot = CorpusSnapshots.Read("immutable-file-blocks-removal");
        string container = CorpusSnapshots.Diagnose(snapshot).Findings.Single(finding => finding.Id == "OVL0115").Subject.Path.ToString();
        Finding finding = CorpusSnapshots.Diagnose(snapshot with { Log = Log($"unlinkat {container}/x: operation not permitted") }).Findings.Single(finding => finding.Id == "OVL0115");

        Assert.Equal(FindingStatus.Confirmed, finding.Status);
        Assert.Equal("engine log", finding.Evidence[^1].Source);
    }

    private static SnapshotPart<ImmutableArray<LogLine>> Log(string line) =>
        SnapshotPart.Known(ImmutableArray.Create(new LogLine(LogSource.Engine, Time: null, ByteString.FromText(line))));
}
