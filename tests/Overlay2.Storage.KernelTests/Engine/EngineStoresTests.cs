using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.KernelTests.Diagnosis;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Real engines that keep their store elsewhere than usual: it is found there, called healthy as far as it was looked at, and not when a layer is gone.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineStoresTests
{
    private const string Image = "o2-stores:1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "--storage-driver overlay2", LiveEngine.DataRoot)]
    [InlineData("""{"userns-remap":"daemon"}""", "--storage-driver overlay2", LiveEngine.DataRoot + "/165536.165536")]
    [InlineData("""{"features":{"containerd-snapshotter":true}}""", "", LiveEngine.DataRoot + "/containerd/daemon")]
    public async Task The_store_is_found_where_the_configuration_puts_it(string configuration, string words, string place)
    {
        using LiveEngine engine = LiveEngine.Run(configuration: configuration, words: words);
        engine.MakeImage(Image, root => File.WriteAllText($"{root}/one", "1"));
        engine.Docker("run", "-d", "--name", "running", "--network", "none", Image, "/bin/sleep", "36000");
        engine.Docker("run", "--name", "stopped", "--network", "none", Image, "/bin/sh", "-c", "echo data > /data");
        engine.Docker("run", "--rm", "--network", "none", Image, "/bin/true");

        // An engine that does not know the other image store goes on with its own.
        bool isContainerd = engine.Docker("info", "-f", "{{.Driver}}") == "overlayfs";
        string root = configuration.Contains("snapshotter", StringComparison.Ordinal) && !isContainerd ? LiveEngine.DataRoot : place;
        DiagnosisReport report = await Diagnose(engine);

        // Nor does it say so in its configuration, so that a switch is suspected.
        bool isSettingIdle = root != place;
        Assert.Equal(isSettingIdle ? [FindingIds.SwitchedStore] : [], DamagedStore.Ids(report));
        if (isSettingIdle)
            return;
        Assert.Equal("", string.Join('\n', report.Suspended.Select(rule => $"{rule.RuleId}: {rule.Because}")));
        Assert.Equal(DiagnosisStatus.Healthy, report.Status);
        ScopeStore store = Assert.Single(report.Scope.Stores, store => store.DataRoot == BytePath.FromText(root));
        Assert.Equal(isContainerd ? LayerStoreKind.ContainerdSnapshots : LayerStoreKind.DockerClassic, store.Kind);
        Assert.True(store.Layers >= (isContainerd ? 3 : 5) && store.ResolvedReferences > store.Layers, $"{store}");

        HostStore view = report.Host.KnownStores.Single(view => view.Store.DataRoot == store.DataRoot);
        string layer = engine.Root + view.Store.Layers.First(layer => !layer.Work.Equals(StoreEntryType.Directory) || isContainerd).Directory;
        Directory.Move(layer, layer + "-gone");
        try
        {
            Assert.Contains((await Diagnose(engine)).Findings, finding => finding.Id == FindingIds.MissingLayer);
        }
        finally
        {
            Directory.Move(layer + "-gone", layer);
        }

        Assert.Equal(DiagnosisStatus.Healthy, (await Diagnose(engine)).Status);
        using var file = new MemoryStream();
        report.Snapshot.Save(file);
        file.Position = 0;
        Assert.Equal(report.Examined, new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(StorageSnapshot.Load(file), cancellationToken: Token).Examined);
    }

    private static async Task<DiagnosisReport> Diagnose(LiveEngine engine)
    {
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(new SnapshotOptions { EngineProcessId = engine.ProcessId, ScanUppers = true }, Token);
        return new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: Token);
    }
}
