using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>The engines that share containers/storage: Podman, Buildah, CRI-O.</summary>
internal sealed class ContainersStorageEngine : StorageEngine
{
    private ContainersStorageEngine()
    {
    }

    public static ContainersStorageEngine Value { get; } = new();

    public override LayerStoreKind Kind => LayerStoreKind.ContainersStorage;

    public override string Name => "containers/storage";

    public override BytePath DriverHomeName => ContainersNames.DriverHome;

    public override bool HasOverlayDriverLayout => true;

    /// <summary>Observed on Podman 4.3: where a link is missing its driver makes all links again from the link files.</summary>
    public override bool RemakesShortLinks => true;

    /// <summary>Observed on Podman 4.3.</summary>
    public override bool ClearsVolatileMarks => true;

    public override bool TryGetHome(BytePath mountPoint, BytePath upper, out BytePath home) =>
        OverlayDriverNames.TryGetHome(mountPoint, out home) && home.FileName == ContainersNames.DriverHome.Bytes;

    internal override ImmutableArray<string> Programs => ContainersPlaces.Programs;

    internal override IEnumerable<FoundPlace> FindPlaces(EngineSearch search) => ContainersPlaces.Find(search);

    internal override string WellKnownNames => """
        containers storage libpod podman crio overlay-layers overlay-images overlay-containers empty
        layers.json volatile-layers.json containers.json volatile-containers.json images.json
        """;

    internal override string FileMember => "containersStorage";

    internal override Type StoreType => typeof(ContainersStorageStore);

    internal override IJsonTypeInfoResolver FileTypes => ContainersJsonContext.Default;

    internal override ILayerStore Read(StoreLocation location, RootedDirectory host, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken) =>
        ContainersStorageStore.Read(location, tree, options, cancellationToken);

    internal override ILayerStore Unread(StoreLocation location, StoreProblem problem) => ContainersStorageStore.Unread(location, problem);
}
