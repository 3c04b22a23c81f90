using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>Recorded healthy states of several versions of every engine: see tests/data/engine-states/README.md.</summary>
public sealed class EngineStatesTests
{
    public static TheoryData<string> States { get; } =
        new(Directory.EnumerateFiles(Repository.Data("engine-states"), "*.json.gz").Select(path => Path.GetFileName(path).Replace(".json.gz", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(States))]
    public void One_image_and_one_running_container_are_healthy(string state)
    {
        StorageSnapshot snapshot = Read(state);

        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);

        Assert.Equal("", string.Join('\n', report.Findings.Where(finding => finding.Severity > FindingSeverity.Information)));
        Assert.Equal(DiagnosisStatus.Healthy, report.Status);
        Assert.Equal("", string.Join('\n', report.Suspended.Select(rule => $"{rule.RuleId}: {rule.Because}")));
        ScopeStore store = Assert.Single(report.Scope.Stores, store => store.Layers > 0);
        Assert.Equal((Kind(state), 1, 0, 0, 0), (store.Kind, store.Containers, store.UnreadPlaces, store.DanglingReferences, store.UnknownReferences));
        Assert.True(store.ResolvedReferences > store.Layers, $"{store}");
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Without_any_one_of_their_layers_they_are_not(string state)
    {
        StorageSnapshot snapshot = Read(state);
        ImmutableArray<ILayerStore> stores = snapshot.Stores.Value;
        ILayerStore store = stores.Single(store => store.Layers.Count > 0);

        for (int i = 0; i < store.Layers.Count; i++)
        {
            DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot with { Stores = SnapshotPart.Known(stores.Replace(store, Without(store, i))) });

            Assert.Contains(FindingIds.MissingLayer, CorpusSnapshots.Ids(report));
        }
    }

    [Fact]
    public void Podman_5_8_lists_the_layers_below_by_id()
    {
        Assert.DoesNotContain(Podman("podman-5.4").Layers, layer => layer.NamesLayersById);
        ContainersStorageStore store = Podman("podman-5.8");
        Assert.Contains(store.Layers, layer => layer.NamesLayersById && layer.Lower.HasContent);
        Assert.All(store.Layers.Where(layer => layer.NamesLayersById), layer => Assert.Equal(layer.LowerLayers.Content, store.GetExpectedLowerLayers(layer.Id).Value));
    }

    private static ContainersStorageStore Podman(string state) => Read(state).Stores.Value.OfType<ContainersStorageStore>().MaxBy(store => store.Layers.Count)!;

    private static StorageSnapshot Read(string state)
    {
        using FileStream file = File.OpenRead(Repository.Data("engine-states", state + ".json.gz"));
        return StorageSnapshot.Load(file);
    }

    private static LayerStoreKind Kind(string state) => state.Split('-') switch
    {
        ["podman", ..] => LayerStoreKind.ContainersStorage,
        ["containerd", ..] or [.., "containerd"] => LayerStoreKind.ContainerdSnapshots,
        _ => LayerStoreKind.DockerClassic,
    };

    private static ILayerStore Without(ILayerStore store, int layer) => store switch
    {
        DockerClassicStore docker => docker with { Layers = [.. docker.Layers.Where((_, i) => i != layer)] },
        ContainersStorageStore containers => containers with { Layers = [.. containers.Layers.Where((_, i) => i != layer)] },
        ContainerdSnapshotStore containerd => containerd with { Layers = [.. containerd.Layers.Where((_, i) => i != layer)] },
        _ => throw new ArgumentOutOfRangeException(nameof(store)),
    };
}
