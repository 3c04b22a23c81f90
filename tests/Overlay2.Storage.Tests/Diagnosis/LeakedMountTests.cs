using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>An overlay that only another mount namespace has: left over, or that of an engine there.</summary>
public sealed class LeakedMountTests
{
    private const string Disk = "20 1 8:1 / / rw - ext4 /dev/sda1 rw";

    private static readonly DockerClassicStore s_store = (DockerClassicStore)CorpusSnapshots.Read("healthy-stopped").Stores.Value[0];

    private static readonly string s_layer = s_store.ContainerLayers[0].MountId.Content.ToString();

    private static string Overlay(int parent, string layer, string at = "/var/lib/docker/overlay2") =>
        $"40 {parent} 0:70 / {at}/{layer}/merged rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/var/lib/docker/overlay2/{layer}/diff,workdir=/var/lib/docker/overlay2/{layer}/work";

    public static TheoryData<string, string[], string, bool> Cases => new()
    {
        { "a copy of the host's mounts", [Disk, Overlay(20, s_layer)], "monitor", true },
        { "the host's root bound elsewhere", ["21 1 0:9 / / rw - overlay overlay rw,lowerdir=/x", "22 21 8:1 / /host rw - ext4 /dev/sda1 rw", Overlay(22, s_layer, "/host/var/lib/docker/overlay2")], "monitor", true },
        { "the engine's root bound alone", ["21 1 0:9 / / rw - overlay overlay rw,lowerdir=/x", "22 21 8:1 /var/lib/docker /data rw - ext4 /dev/sda1 rw", Overlay(22, s_layer, "/data/overlay2")], "monitor", true },
        { "a volume on the host's disk", [Disk, "22 20 8:1 /var/tmp/vol /var/lib/docker rw - ext4 /dev/sda1 rw", Overlay(22, s_layer)], "sleep", false },
        { "a volume below the host's own root directory", [Disk, "22 20 8:1 /var/lib/docker/volumes/v/_data /var/lib/docker rw - ext4 /dev/sda1 rw", Overlay(22, s_layer)], "sleep", false },
        { "a layer that this store does not know", [Disk, Overlay(20, new string('a', 64))], "sleep", false },
        { "another disk", [Disk, "22 20 8:2 / /var/lib/docker rw - ext4 /dev/sdb1 rw", Overlay(22, s_layer)], "sleep", false },
        { "an engine lives there", [Disk, Overlay(20, s_layer)], "dockerd", false },
        { "podman lives there", [Disk, Overlay(20, s_layer)], "podman", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_what_is_this_stores_and_nobody_elses_is_left_over(string _, string[] mounts, string holder, bool isLeft)
    {
        DiagnosisReport report = Diagnose(mounts, holder);

        Assert.Equal(isLeft ? ["OVL0005"] : [], CorpusSnapshots.Ids(report));
        Assert.Equal(isLeft, RepairPlanner.Plan(report, new RepairPolicy { AllowOtherNamespaces = true }, TestContext.Current.CancellationToken).Steps.Length > 0);
    }

    [Fact]
    public void Nothing_is_unmounted_that_somebody_has_as_root_directory()
    {
        DiagnosisReport report = Diagnose([Disk, Overlay(20, s_layer)], "monitor", "41 1 0:70 / / rw - overlay overlay rw,lowerdir=/x");

        Assert.Equal(["OVL0005"], CorpusSnapshots.Ids(report));
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { AllowOtherNamespaces = true }, TestContext.Current.CancellationToken);
        Assert.Empty(plan.Steps);
        Assert.Contains(plan.Refusals, refusal => refusal.Reason.Contains("as its root directory", StringComparison.Ordinal));
    }

    private static DiagnosisReport Diagnose(string[] mounts, string holder, string? third = null) => CorpusSnapshots.Diagnose(MadeUpHost.Of([Disk], s_store) with
    {
        OtherNamespaces = SnapshotPart.Known<ImmutableArray<SnapshotNamespace>>(
        [
            new SnapshotNamespace(7, SnapshotPart.Known(MadeUpHost.Mounts(mounts)), [new MountHolderProcess(500, ByteString.FromText(holder), "")]),
            .. third is null ? Array.Empty<SnapshotNamespace>() : [new SnapshotNamespace(8, SnapshotPart.Known(MadeUpHost.Mounts(third)), [new MountHolderProcess(501, ByteString.FromText("app"), "")])],
        ]),
    });
}
