using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>The lists of ids that containers/storage has since 1.63 in the place of short names.</summary>
public sealed class LowerLayersTests : IDisposable
{
    private const string Root = "storage";
    private const string Home = Root + "/overlay";
    private const string TopList = $"{Home}/TOP/lower-layers";

    private readonly TemporaryTree _tree = new TemporaryTree().WithContainersStore(Root);

    public static TheoryData<string, string, string> Damages => new()
    {
        { TopList, "", "Error" },
        { TopList, "l/BBBBBBBBBBBBBBBBBBBBBBBBBB", "Error" },
        { TopList, "../etc", "Error" },
        { TopList, $"{ContainersTree.Base}:", "Error" },
        { TopList, ContainersTree.Writable, "Error" },
        { TopList, $"{ContainersTree.Base}:{ContainersTree.Base}", "Error" },
        { TopList, new string('f', 64), "Error" },
        { $"{Home}/BASE/lower-layers", ContainersTree.Top, "Error" },
        { $"{Home}/TOP/lower", "", "Warning" },
        { $"{Home}/TOP/lower", "{}", "Warning" },
        { $"{Home}/TOP/lower", $"l/{ContainersTree.Name(ContainersTree.Writable)}", "Warning" },
        { $"{Home}/TOP/lower", $"l/{ContainersTree.Name(ContainersTree.Base)}:l/{ContainersTree.Name(ContainersTree.Base)}", "Warning" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_store_with_lists_is_whole_with_and_without_short_names(bool keepsShortNames)
    {
        _tree.WithLowerLayers(Root, keepsShortNames);
        ContainersStorageStore store = ContainersTree.Read(_tree, Root);

        Assert.Empty(CorpusSnapshots.Ids(Diagnose(store)));
        Assert.DoesNotContain(store.RecordReferences, reference => reference.IsDangling && reference.From.Kind == RecordKind.LowerElement);
        Assert.Equal(2, store.GetLowerLayerIds(ByteString.FromText(ContainersTree.Writable)).Count);
        using var file = new MemoryStream();
        MadeUpHost.Of([MadeUpHost.Root], store).Redact().Save(file);
        file.Position = 0;
        Assert.Empty(CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(StorageSnapshot.Load(file))));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_list_that_says_something_else_is_found_and_mended(string file, string content, string severity)
    {
        string path = file.Replace("TOP", ContainersTree.Top, StringComparison.Ordinal).Replace("BASE", ContainersTree.Base, StringComparison.Ordinal);
        _tree.WithLowerLayers(Root, keepsShortNames: true).WithFile(path, content);
        Finding finding = Assert.Single(Diagnose(ContainersTree.Read(_tree, Root)).Findings, finding => finding.Severity >= FindingSeverity.Warning);
        Assert.Equal((FindingIds.LowerLayers, severity), (finding.Id, finding.Severity.ToString()));

        var host = new LinuxHost(new SnapshotOptions { Stores = [new StoreLocation(LayerStoreKind.ContainersStorage, _tree.Path.Combine(BytePath.FromText(Root)))] });
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token), new RepairPolicy { Only = [FindingIds.LowerLayers] }, Token);
        RepairOutcome outcome = await new RepairExecutor(host).ApplyAsync(plan, BytePath.FromText(_tree["journal"]), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(Diagnose(ContainersTree.Read(_tree, Root)).Findings.Where(found => found.Id == FindingIds.LowerLayers));
    }

    [Fact]
    public void A_lost_record_is_told_by_the_list()
    {
        _tree.WithLowerLayers(Root, keepsShortNames: true).WithFile($"{Root}/overlay-layers/layers.json", "[]").WithFile($"{Home}/{ContainersTree.Writable}/lower", "");
        ContainersStorageStore store = ContainersTree.Read(_tree, Root);

        Assert.Equal(
            $"l/{ContainersTree.Name(ContainersTree.Top)}:l/{ContainersTree.Name(ContainersTree.Base)}",
            store.GetExpectedLower(ByteString.FromText(ContainersTree.Writable)).Value.ToString());
        Assert.Equal(ContainersTree.Base, store.GetExpectedLowerLayers(ByteString.FromText(ContainersTree.Top)).Value.ToString());
    }

    [Fact]
    public void Docker_reads_no_such_file()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("docker/overlay2/l").WithDirectory($"docker/overlay2/{ContainersTree.Top}/diff").WithFile($"docker/overlay2/{ContainersTree.Top}/lower-layers", "x");
        var store = DockerClassicStore.Read(BytePath.FromText("/docker"), new StoreReadOptions { HostRoot = tree.Path }, Token);

        Assert.False(Assert.Single(store.Layers).NamesLayersById);
    }

    private static DiagnosisReport Diagnose(ContainersStorageStore store) => CorpusSnapshots.Diagnose(MadeUpHost.Of([MadeUpHost.Root], store));
}
