using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Hosts that are made to be costly to diagnose and to repair.</summary>
internal static class CostlyHosts
{
    private const string DataRoot = "/var/lib/docker";

    /// <summary>The mount namespaces of the processes beside the engine's.</summary>
    private const int Namespaces = 20;

    /// <summary>What there is much of, how much of it the greatest host has, and how one is made.</summary>
    public static readonly ImmutableArray<(string Name, int Most, Func<int, StorageSnapshot> Make)> Kinds =
    [
        ("stacked self-binds on a driver home", 40_000, StackedBinds),
        ("stacked foreign covers on a driver home", 40_000, StackedForeign),
        ("layers with equal link files", 400_000, EqualLinks),
        ("short links to one layer", 400_000, LinksToOne),
        ("orphan layers", 10_000, OrphanLayers),
        ("orphan mounts", 10_000, OrphanMounts),
        ("mounts stacked on one layer", 10_000, StackedOverlays),
        ("driver homes that mounts tell of", 10_000, Homes),
        ("covered driver homes", 10_000, CoveredHomes),
        ("leaked mounts", 10_000, LeakedMounts),
    ];

    private static StorageSnapshot StackedBinds(int count) => Host(
        [
            MadeUpHost.Root,
            MadeUpHost.Overlay(100, 30, Id(0).ToString()),
            .. Enumerable.Range(0, count).Select(i => Line(200 + i, i == 0 ? 30 : 199 + i, "8:1", MadeUpHost.Home, MadeUpHost.Home, "ext4 /dev/sda1")),
        ]);

    private static StorageSnapshot StackedForeign(int count) => Host(
        [
            MadeUpHost.Root,
            MadeUpHost.Overlay(100, 30, Id(0).ToString()),
            .. Enumerable.Range(0, count).Select(i => Line(200 + i, i == 0 ? 30 : 199 + i, $"9:{i}", "/", MadeUpHost.Home, $"ext4 /dev/sdb{i}")),
        ]);

    private static StorageSnapshot EqualLinks(int count) => Host([MadeUpHost.Root], new DockerClassicStore
    {
        DataRoot = BytePath.FromText(DataRoot),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        ShortLinkDirectory = StoreEntryType.Directory,
        Layers = [.. Enumerable.Range(0, count).Select(i => Layer(i) with { Link = StoreFile.Of(ShortName(0)), Lower = StoreFile.Of(ByteString.FromText($"l/{ShortName(0)}")), ModifiedAt = DateTimeOffset.UnixEpoch })],
    });

    private static StorageSnapshot LinksToOne(int count) => Host([MadeUpHost.Root], new DockerClassicStore
    {
        DataRoot = BytePath.FromText(DataRoot),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        ShortLinkDirectory = StoreEntryType.Directory,
        Layers = [.. Enumerable.Range(0, count).Select(i => Layer(i) with { Link = StoreFile.Of(ShortName(i)) })],
        ShortLinks = [.. Enumerable.Range(0, count).Select(i => new OverlayDriverShortLink { Name = ShortName(i), Type = StoreEntryType.SymbolicLink, Target = BytePath.FromText($"../{Id(0)}/diff") })],
        ImageLayers = [.. Enumerable.Range(0, count).Select(Record)],
    });

    private static StorageSnapshot OrphanLayers(int count) => Host(
        [MadeUpHost.Root, .. Enumerable.Range(0, count).Select(i => Line(100 + i, 30, $"0:{100 + i}", "/", $"/run/{i}", "tmpfs tmpfs"))],
        new DockerClassicStore
        {
            DataRoot = BytePath.FromText(DataRoot),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            ShortLinkDirectory = StoreEntryType.Directory,
            Layers = [.. Enumerable.Range(0, count).Select(i => Layer(i) with { Link = StoreFile.Of(ShortName(i)), ModifiedAt = DateTimeOffset.UnixEpoch, Inode = (ulong)(i + 1) })],
            ShortLinks = [.. Enumerable.Range(0, count).Select(i => new OverlayDriverShortLink { Name = ShortName(i), Type = StoreEntryType.SymbolicLink, Target = BytePath.FromText($"../{Id(i)}/diff") })],
        });

    private static StorageSnapshot OrphanMounts(int count) => Host(
        [MadeUpHost.Root, .. Enumerable.Range(0, count).Select(i => MadeUpHost.Overlay(100 + i, 30, Id(i).ToString(), $"shared:{i + 10}"))],
        new DockerClassicStore
        {
            DataRoot = BytePath.FromText(DataRoot),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            ShortLinkDirectory = StoreEntryType.Directory,
            Layers = [.. Enumerable.Range(0, count).Select(i => Layer(i) with { Link = StoreFile.Of(ShortName(i)), ModifiedAt = DateTimeOffset.UnixEpoch })],
        });

    private static StorageSnapshot StackedOverlays(int count) => Host(
        [MadeUpHost.Root, .. Enumerable.Range(0, count).Select(i => MadeUpHost.Overlay(100 + i, i == 0 ? 30 : 99 + i, 50, $"{MadeUpHost.Home}/{Id(0)}"))]);

    private static StorageSnapshot Homes(int count) => Host(
        [MadeUpHost.Root, .. Enumerable.Range(0, count).Select(i => MadeUpHost.Overlay(100 + i, 30, 100 + i, $"/x{i}/docker/overlay2/{Id(i)}"))]);

    private static StorageSnapshot CoveredHomes(int count) => Host(
        [
            MadeUpHost.Root,
            .. Enumerable.Range(0, count).Select(i => MadeUpHost.Overlay(100 + i, 30, 100 + i, $"/x{i}/docker/overlay2/{Id(i)}")),
            .. Enumerable.Range(0, count).Select(i => Line(10_100 + i, 30, "8:1", $"/x{i}/docker/overlay2", $"/x{i}/docker/overlay2", "ext4 /dev/sda1")),
        ]);

    private static StorageSnapshot LeakedMounts(int count) => Host([MadeUpHost.Root], new DockerClassicStore { DataRoot = BytePath.FromText(DataRoot), Home = new DriverHomeStatus { Type = StoreEntryType.Directory } }) with
    {
        OtherNamespaces = SnapshotPart.Known<ImmutableArray<SnapshotNamespace>>(
        [
            .. Enumerable.Range(1, Namespaces).Select(space => Namespace(space, MadeUpHost.Mounts([MadeUpHost.Root, .. Enumerable.Range(0, count).Select(i => MadeUpHost.Overlay(100 + i, 30, Id(i).ToString()))]))),
        ]),
    };

    private static OverlayDriverLayer Layer(int number) => new()
    {
        Id = Id(number),
        Directory = BytePath.FromText($"{MadeUpHost.Home}/{Id(number)}"),
        Diff = StoreEntryType.Directory,
        Work = StoreEntryType.Directory,
    };

    private static DockerImageLayer Record(int number) => new()
    {
        ChainId = ByteString.FromText($"sha256:{Id(number)}"),
        Directory = BytePath.FromText($"{DataRoot}/image/overlay2/layerdb/sha256/{Id(number)}"),
        CacheId = StoreFile.Of(Id(number)),
        DiffId = StoreFile.Of(ByteString.FromText($"sha256:{Id(number)}")),
        Size = StoreFile.Of(ByteString.FromText("1")),
    };

    private static ByteString Id(int number) => ByteString.FromText(number.ToString("x64", CultureInfo.InvariantCulture));

    private static ByteString ShortName(int number) => ByteString.FromText(new string([.. number.ToString("D26", CultureInfo.InvariantCulture).Select(digit => (char)('A' + digit - '0'))]));

    private static SnapshotNamespace Namespace(int number, MountTable table) => new((ulong)number, SnapshotPart.Known(table), []);

    private static string Line(int id, int parent, string device, string root, string at, string rest) => string.Create(CultureInfo.InvariantCulture, $"{id} {parent} {device} {root} {at} rw - {rest} rw");

    private static StorageSnapshot Host(IReadOnlyList<string> mounts, params ImmutableArray<ILayerStore> stores)
    {
        StorageSnapshot made = MadeUpHost.Of(mounts, stores);
        MountTable others = MadeUpHost.Mounts([.. mounts.Select(line => line.Replace("shared:", "master:", StringComparison.Ordinal)).Where(line => !line.Contains(" overlay ", StringComparison.Ordinal))]);
        return made with
        {
            Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)),
            OtherNamespaces = SnapshotPart.Known<ImmutableArray<SnapshotNamespace>>([.. Enumerable.Range(1, Namespaces).Select(space => Namespace(space, others))]),
        };
    }
}
