using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>Shows how diagnosing, planning and a dry run grow on hosts that are made to be costly: each line has twice as much as the one before.</summary>
internal static class PlanGrowthCommand
{
    public const string Command = "--plan";

    private const string DataRoot = "/var/lib/docker";

    /// <summary>The mount namespaces of the processes beside the engine's.</summary>
    private const int Namespaces = 20;

    private static readonly (string Name, int[] Counts, Func<int, StorageSnapshot> Make)[] s_cases =
    [
        ("stacked self-binds on a driver home", [500, 1000, 2000, 4000, 8000], StackedBinds),
        ("stacked foreign covers on a driver home", [500, 1000, 2000, 4000], StackedForeign),
        ("layers with equal link files", [5000, 10_000, 20_000, 40_000], EqualLinks),
        ("short links to one layer", [5000, 10_000, 20_000, 40_000], LinksToOne),
        ("orphan layers", [250, 500, 1000, 2000], OrphanLayers),
        ("orphan mounts", [250, 500, 1000, 2000], OrphanMounts),
        ("mounts stacked on one layer", [250, 500, 1000, 2000], StackedOverlays),
        ("driver homes that mounts tell of", [250, 500, 1000, 2000], Homes),
        ("covered driver homes", [250, 500, 1000, 2000], CoveredHomes),
        ("leaked mounts", [250, 500, 1000, 2000], LeakedMounts),
    ];

    /// <param name="words">Words in the names of the cases to measure; all of them if there is none.</param>
    public static void Run(string[] words)
    {
        Measure(StackedBinds(10)); // compiles
        Measure(OrphanLayers(10));
        Console.WriteLine("| case | n | diagnosis | plan | dry run | steps | outcome |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | --- |");
        foreach ((string name, int[] counts, Func<int, StorageSnapshot> make) in s_cases)
        {
            if (words.Length > 0 && !words.Any(word => name.Contains(word, StringComparison.Ordinal)))
                continue;
            foreach (int count in counts)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {count:N0} | {Measure(make(count))} |"));
        }
    }

    private static string Measure(StorageSnapshot snapshot)
    {
        TimeSpan start = Spent();
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot);
        double diagnosis = (Spent() - start).TotalMilliseconds;

        start = Spent();
        RepairPlan plan = RepairPlanner.Plan(report, RepairPolicy.Default with { MaxRisk = RepairRisk.R2, AllowOtherNamespaces = true });
        double planning = (Spent() - start).TotalMilliseconds;

        start = Spent();
        RepairOutcome outcome = new RepairExecutor(new MemoryHost(snapshot)).DryRunAsync(plan).GetAwaiter().GetResult();
        double run = (Spent() - start).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{diagnosis:N0} ms | {planning:N0} ms | {run:N0} ms | {plan.Steps.Length:N0} | {outcome.Status}");
    }

    /// <summary>The processor's time, not the clock's: other programs run too.</summary>
    private static TimeSpan Spent() => Environment.CpuUsage.TotalTime;

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
