using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>A small machine in memory on which something of everything that plans repair is broken.</summary>
internal static class PlanMachine
{
    public const string HostId = "host";
    public const string BootId = "boot";

    private const string Root = "/var/lib/docker";
    private const string Orphan = "00000000000000000000000000000000000000000000000000000000000000ff";
    private const string Container = MadeUpHost.Home + "/0000000000000000000000000000000000000000000000000000000000000008";

    private static readonly StorageSnapshot s_snapshot = Break();

    public static MemoryHost Make() => new(s_snapshot);

    /// <summary>The directories of layers in the driver home and in the quarantine: no plan but a purge may make them fewer.</summary>
    public static int CountLayers(StorageSnapshot snapshot) => snapshot.Stores.Value[0] is DockerClassicStore store
        ? store.Layers.Count(layer => layer.Diff == StoreEntryType.Directory) + store.Quarantine.Entries.Count(entry => entry.Type == StoreEntryType.Directory)
        : 0;

    private static StorageSnapshot Break()
    {
        var tree = RecordedFileTree.Parse(SyntheticDockerRoot.Write(layers: 10, containers: 1));
        DockerClassicStore store = DockerClassicStore.Read(tree, BytePath.FromText(Root), StoreReadOptions.Default, CancellationToken.None);
        string[] mounts =
        [
            "30 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw", MadeUpHost.Overlay(31, 30, 40, Container), MadeUpHost.Overlay(32, 31, 40, Container), "33 30 0:51 / /mnt rw,relatime - tmpfs other rw",
        ];
        var host = new MemoryHost(MadeUpHost.Of(mounts, WithLeftOvers(store)) with
        {
            HostId = SnapshotPart.Known(HostId),
            BootId = SnapshotPart.Known(BootId),
            Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddYears(60)),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray<SnapshotNamespace>.Empty),
        });
        Empty(host, store.Layers[3].Directory, "lower");
        Empty(host, store.Layers[4].Directory, "link");
        OverlayDriverShortLink link = store.ShortLinks[2];
        StorePlace place = Place($"overlay2/l/{link.Name}");
        Must(host.Entries.ReplaceEntry(place, host.Entries.ReadEntry(place), EntryState.Missing, like: null));
        return host.CaptureAsync(CancellationToken.None).Result;
    }

    /// <summary>With a layer that nobody needs, and one that was set aside.</summary>
    private static ILayerStore WithLeftOvers(DockerClassicStore store)
    {
        OverlayDriverLayer orphan = store.Layers[0] with { Id = ByteString.FromText(Orphan), Directory = store.DriverHome.Combine(BytePath.FromText(Orphan)), ModifiedAt = DateTimeOffset.UnixEpoch, Inode = 7, Link = StoreFile.Missing };
        return new StoreChange
        {
            Layers = [.. store.Layers, orphan],
            ShortLinks = store.ShortLinks,
            ShortLinkDirectory = store.ShortLinkDirectory,
            ImageLayers = store.ImageLayers,
            ContainerLayers = store.ContainerLayers,
            Quarantine = new StoreQuarantine
            {
                Type = StoreEntryType.Directory,
                ModifiedAt = DateTimeOffset.UnixEpoch,
                Entries = [new QuarantinedEntry(ByteString.FromText("a"), StoreEntryType.Directory) { Inode = 8, ModifiedAt = DateTimeOffset.UnixEpoch }],
            },
        }.ApplyTo(store);
    }

    private static void Empty(MemoryHost host, BytePath directory, string name)
    {
        StorePlace place = StorePlace.Of(BytePath.FromText(Root), directory.Combine(BytePath.FromText(name)));
        Must(host.Entries.ReplaceEntry(place, host.Entries.ReadEntry(place), EntryState.File(default), like: null));
    }

    private static StorePlace Place(string path) => new(BytePath.FromText(Root), BytePath.FromText(path));

    private static void Must(HostResult result)
    {
        if (!result.IsDone)
            throw new InvalidOperationException(result.Error);
    }
}
