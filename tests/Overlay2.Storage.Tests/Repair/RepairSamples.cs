using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using static Overlay2.Storage.TestShared.MadeUpHost;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Hosts with a fault in their mounts, as mountinfo shows them.</summary>
internal static class RepairSamples
{
    public static readonly string First = new('a', 64);
    public static readonly string Second = new('b', 64);

    /// <summary>Two running containers below a bind of the driver home on itself.</summary>
    public static StorageSnapshot SelfBind => Of(Root, Overlay(40, 30, First), Overlay(41, 30, Second), $"50 30 8:1 {Home} {Home} rw - ext4 /dev/sda1 rw");

    public static StorageSnapshot Foreign => Of(Root, Overlay(40, 30, First), Overlay(41, 30, Second), $"50 30 8:17 / {Home} rw,relatime - ext4 /dev/sdb1 rw");

    public static StorageSnapshot ForeignTmpfs => Of(Root, Overlay(40, 30, First), Overlay(41, 30, Second), $"50 30 0:99 / {Home} rw,relatime - tmpfs tmpfs rw");

    public static StorageSnapshot TwoCovers => Of(
        Root, Overlay(40, 30, First), Overlay(41, 30, Second), $"50 30 8:17 / {Home} rw,relatime - ext4 /dev/sdb1 rw", $"51 50 8:33 / {Home} rw,relatime - ext4 /dev/sdc1 rw");

    /// <summary>A container was started under the cover, once where the cover spreads and once where it does not.</summary>
    public static StorageSnapshot CoverWithChild(bool isShared) => isShared
        ? Of("30 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw", Overlay(40, 30, First, "shared:2"), $"50 30 8:1 {Home} {Home} rw shared:1 - ext4 /dev/sda1 rw", Overlay(60, 50, Second, "shared:3"), Overlay(61, 30, 60, $"{Home}/{Second}", "shared:3"))
        : Of(Root, Overlay(40, 30, First), $"50 30 8:1 {Home} {Home} rw - ext4 /dev/sda1 rw", Overlay(60, 50, Second));

    public static StorageSnapshot Stacked => Of(Root, Overlay(40, 30, First), Overlay(41, 40, 40, $"{Home}/{First}"), Overlay(42, 41, 40, $"{Home}/{First}"));

    /// <summary>The same as <see cref="SelfBind"/>, with what the engine notes of the two containers.</summary>
    public static StorageSnapshot SelfBindWithStore => WithStore(SelfBind);

    /// <param name="snapshot">A host.</param>
    /// <param name="isRemovedOnStop">Whether the second of the two running containers is removed when it stops.</param>
    public static StorageSnapshot WithStore(StorageSnapshot snapshot, bool isRemovedOnStop = false) => snapshot with
    {
        Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(new DockerClassicStore
        {
            DataRoot = BytePath.FromText("/var/lib/docker"),
            Containers = [Container('1'), Container('2') with { IsRemovedOnStop = isRemovedOnStop }],
            ContainerLayers = [ContainerLayer('1', First), ContainerLayer('2', Second)],
        })),
    };

    private static DockerContainer Container(char id) => new() { Id = ByteString.FromText(new string(id, 64)), Name = $"container-{id}", IsRunning = true };

    private static DockerContainerLayer ContainerLayer(char id, string layer) => new()
    {
        ContainerId = ByteString.FromText(new string(id, 64)),
        Directory = BytePath.FromText($"/var/lib/docker/image/overlay2/layerdb/mounts/{new string(id, 64)}"),
        MountId = new StoreFile { State = StoreFileState.Present, Content = ByteString.FromText(layer) },
    };

    public static RepairPlan Plan(StorageSnapshot snapshot, RepairPolicy? policy = null) => RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot), policy);

    /// <summary>The mounts without their ids: what a person sees.</summary>
    public static IEnumerable<string> Listing(MountTable table) => table.Entries
        .Select(mount => $"{mount.Major}:{mount.Minor} {mount.Root} {mount.MountPoint} {mount.FileSystemType} {(table.GetVisibility(mount).Status == MountVisibilityStatus.Visible ? "visible" : "hidden")} {(mount.Propagation.IsPrivate ? "private" : mount.Propagation.ToString())}")
        .Order(StringComparer.Ordinal);
}
