using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Four times as much on a host that is made to be costly takes at most eight times the memory: no clock is asked. Times are shown by the benchmark <c>--plan</c>.</summary>
public sealed class PlanScaleTests
{
    private const int Few = 100;

    [Theory]
    [InlineData("covers")]
    [InlineData("homes")]
    [InlineData("stack")]
    [InlineData("orphans")]
    public void Diagnosing_and_planning_grow_with_the_host_and_not_faster(string kind)
    {
        Measure(kind, Few);
        (long few, int steps) = Measure(kind, Few);
        (long many, int manySteps) = Measure(kind, 4 * Few);

        Assert.InRange(manySteps, 4 * (steps - 1), 4 * (steps + 1));
        Assert.InRange(many, 2 * few, 8 * few);
    }

    [Theory]
    [InlineData("covers")]
    [InlineData("orphans")]
    public void Planning_ends_when_it_is_cancelled(string kind)
    {
        DiagnosisReport report = new StorageDiagnoser().Diagnose(Make(kind, 2), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Throws<OperationCanceledException>(() => RepairPlanner.Plan(report, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static (long Bytes, int Steps) Measure(string kind, int count)
    {
        StorageSnapshot snapshot = Make(kind, count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken), RepairPolicy.Default with { MaxRisk = RepairRisk.R2 });
        return (GC.GetAllocatedBytesForCurrentThread() - before, plan.Steps.Length);
    }

    private static StorageSnapshot Make(string kind, int count)
    {
        string[] layers = [.. Enumerable.Range(0, count).Select(i => i.ToString("x64", CultureInfo.InvariantCulture))];
        IEnumerable<string> mounts = kind switch
        {
            "covers" => [MadeUpHost.Overlay(99, 30, layers[0]), .. layers.Select((_, i) => Bind(200 + i, i == 0 ? 30 : 199 + i, MadeUpHost.Home))],
            "homes" => [.. layers.Select((layer, i) => MadeUpHost.Overlay(100 + i, 30, 100 + i, $"/x{i}/docker/overlay2/{layer}")), .. layers.Select((_, i) => Bind(10_000 + i, 30, $"/x{i}/docker/overlay2"))],
            "stack" => layers.Select((_, i) => MadeUpHost.Overlay(100 + i, i == 0 ? 30 : 99 + i, 50, $"{MadeUpHost.Home}/{layers[0]}")),
            _ => layers.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{100 + i} 30 0:{100 + i} / /run/{i} rw - tmpfs tmpfs rw")),
        };
        ImmutableArray<ILayerStore> stores = kind == "orphans" ? [Store(layers)] : [];
        return MadeUpHost.Of([MadeUpHost.Root, .. mounts], stores) with
        {
            Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)),
            OtherNamespaces = SnapshotPart.Known<ImmutableArray<SnapshotNamespace>>([new SnapshotNamespace(1, SnapshotPart.Known(MadeUpHost.Mounts(MadeUpHost.Root)), [])]),
        };
    }

    private static string Bind(int id, int parent, string path) => string.Create(CultureInfo.InvariantCulture, $"{id} {parent} 8:1 {path} {path} rw - ext4 /dev/sda1 rw");

    private static DockerClassicStore Store(string[] layers) => new()
    {
        DataRoot = BytePath.FromText("/var/lib/docker"),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        ShortLinkDirectory = StoreEntryType.Directory,
        Layers =
        [
            .. layers.Select((layer, i) => new OverlayDriverLayer
            {
                Id = ByteString.FromText(layer),
                Directory = BytePath.FromText($"{MadeUpHost.Home}/{layer}"),
                Diff = StoreEntryType.Directory,
                Link = StoreFile.Of(ByteString.FromText(string.Create(CultureInfo.InvariantCulture, $"{i:D26}"))),
                ModifiedAt = DateTimeOffset.UnixEpoch,
                Inode = (ulong)(i + 1),
            }),
        ],
    };
}
