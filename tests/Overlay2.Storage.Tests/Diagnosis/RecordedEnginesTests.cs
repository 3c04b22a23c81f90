using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>States of real engines of later versions than run in the tests, as <c>eng/engines.sh</c> saw them: with a running container, a stopped one, and one that is gone.</summary>
public sealed class RecordedEnginesTests
{
    public static TheoryData<string, LayerStoreKind> States => new()
    {
        { "docker-26.1.5-classic", LayerStoreKind.DockerClassic },
        { "docker-26.1.5-remapped", LayerStoreKind.DockerClassic },
        { "docker-26.1.5-containerd", LayerStoreKind.ContainerdSnapshots },
        { "docker-28.5.2-classic", LayerStoreKind.DockerClassic },
        { "docker-28.5.2-remapped", LayerStoreKind.DockerClassic },
        { "docker-28.5.2-containerd", LayerStoreKind.ContainerdSnapshots },
        { "containerd-1.7.24", LayerStoreKind.ContainerdSnapshots },
        { "containerd-2.1.9", LayerStoreKind.ContainerdSnapshots },
        { "podman-5.4.2", LayerStoreKind.ContainersStorage },
        { "podman-5.8.6", LayerStoreKind.ContainersStorage },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void They_are_healthy_as_far_as_they_were_recorded_and_not_without_a_layer(string state, LayerStoreKind kind)
    {
        StorageSnapshot snapshot = Read(state);
        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);
        ScopeStore scope = report.Scope.Stores.Where(store => store.Kind == kind).MaxBy(store => store.Layers)!;

        Assert.Empty(CorpusSnapshots.Ids(report));
        Assert.All(report.Suspended, rule => Assert.StartsWith("OtherNamespaces", rule.Because, StringComparison.Ordinal));
        Assert.True(scope is { Layers: > 2, Containers: > 0, DanglingReferences: 0, UnreadPlaces: 0 } && scope.ResolvedReferences > scope.Layers, $"{scope}");
        Assert.Contains("OVL0106", CorpusSnapshots.Ids(CorpusSnapshots.Diagnose(snapshot with { Stores = SnapshotPart.Known<ImmutableArray<ILayerStore>>([.. snapshot.Stores.Value.Select(WithoutALayer)]) })));
    }

    [Fact]
    public void Later_versions_of_Podman_list_the_layers_below_by_id()
    {
        Assert.DoesNotContain(Podman("podman-5.4.2").Layers, layer => layer.NamesLayersById);
        ContainersStorageStore store = Podman("podman-5.8.6");
        Assert.Contains(store.Layers, layer => layer.NamesLayersById && layer.Lower.HasContent);
        Assert.All(store.Layers.Where(layer => layer.NamesLayersById), layer => Assert.Equal(layer.LowerLayers.Content, store.GetExpectedLowerLayers(layer.Id).Value));
    }

    private static ContainersStorageStore Podman(string state) => Read(state).Stores.Value.OfType<ContainersStorageStore>().MaxBy(store => store.Layers.Count)!;

    private static StorageSnapshot Read(string state)
    {
        using FileStream file = File.OpenRead(Repository.Data("engines", state + ".json"));
        return StorageSnapshot.Load(file);
    }

    private static ILayerStore WithoutALayer(ILayerStore store) => store switch
    {
        DockerClassicStore docker => docker with { Layers = [.. docker.Layers.Skip(1)] },
        ContainersStorageStore containers => containers with { Layers = [.. containers.Layers.Skip(1)] },
        ContainerdSnapshotStore containerd => containerd with { Layers = [.. containerd.Layers.Skip(1)] },
        _ => store,
    };
}
