using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>A container's /dev/shm that is mounted while the container does not run.</summary>
public sealed class LeakedSharedMemoryTests
{
    private const string Disk = "20 1 8:1 / / rw - ext4 /dev/sda1 rw";

    private static readonly DockerClassicStore s_store = (DockerClassicStore)CorpusSnapshots.Read("healthy-stopped").Stores.Value[0];

    private static string Known => s_store.Containers[0].Id.ToString();

    public static TheoryData<string, bool> Here => new()
    {
        { $"/var/lib/docker/containers/{Known}/mounts/shm", true },
        { $"/var/lib/docker/containers/{Known}/shm", true },
        { $"/var/lib/docker/containers/{new string('a', 64)}/mounts/shm", true },
        { $"/var/lib/docker/containers/{Known}/mounts/secrets", false },
        { $"/var/lib/docker/containers/{Known}/mounts/deep/shm", false },
        { $"/srv/docker/containers/{Known}/mounts/shm", false },
    };

    [Theory]
    [MemberData(nameof(Here))]
    public void It_is_found_where_the_container_does_not_run(string point, bool isFound) =>
        Assert.Equal(isFound ? ["OVL0012"] : [], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(MadeUpHost.Of([Disk, Shm(point)], s_store))));

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void In_another_namespace_it_is_found_where_the_engine_has_it_no_more_and_knows_the_container(bool isOfOther, bool isFound)
    {
        string id = isOfOther ? new string('a', 64) : Known;
        StorageSnapshot snapshot = MadeUpHost.Of([Disk], s_store) with
        {
            OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(new SnapshotNamespace(7, SnapshotPart.Known(MadeUpHost.Mounts(Disk, Shm($"/var/lib/docker/containers/{id}/mounts/shm"))), [new MountHolderProcess(5, ByteString.FromText("app"), "")]))),
        };

        Assert.Equal(isFound ? ["OVL0012"] : [], CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot)));
    }

    [Fact]
    public void Two_records_of_one_id_are_one_container() =>
        Assert.Contains("OVL0012", CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(MadeUpHost.Of(
            [Disk, Shm($"/var/lib/docker/containers/{Known}/mounts/shm")], s_store with { Containers = [.. s_store.Containers, s_store.Containers[0]] }))));

    private static string Shm(string point) => $"30 20 0:60 / {point} rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k";
}
