using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>The Docker Engine with the overlay2 driver of its own.</summary>
internal sealed class DockerEngine : StorageEngine
{
    private DockerEngine()
    {
    }

    public static DockerEngine Value { get; } = new();

    public override LayerStoreKind Kind => LayerStoreKind.DockerClassic;

    public override string Name => "Docker";

    public override BytePath DriverHomeName => DockerNames.DriverHome;

    public override bool HasOverlayDriverLayout => true;

    /// <summary>The engine refuses what is deeper; source: experiments with Docker 20.10 (125 layers of an image, and two of a container).</summary>
    public override int MostLayers => 127;

    public override bool IsConfigured => true;

    /// <summary>Any name that begins like the drivers' is taken for one of Docker's: <c>overlay</c> was the driver before overlay2.</summary>
    public override bool TryGetHome(BytePath mountPoint, BytePath upper, out BytePath home) =>
        OverlayDriverNames.TryGetHome(mountPoint, out home) && home.FileName.Span.StartsWith("overlay"u8) && !home.FileName.Span.SequenceEqual("overlay"u8);

    internal override ImmutableArray<string> Programs => [DockerPlaces.Program];

    internal override IEnumerable<FoundPlace> FindPlaces(EngineSearch search) => DockerPlaces.Find(search);

    internal override string WellKnownNames => """
        docker moby containers image layerdb imagedb content metadata sha256 sha512 mounts cache-id parent size mount-id init-id tar-split.json.gz repositories.json
        config.v2.json hostconfig.json resolv.conf hostname hosts buildkit snapshots.db volumes _data
        healthy unhealthy starting none no always on-failure unless-stopped
        """;

    internal override string FileMember => "dockerClassic";

    internal override Type StoreType => typeof(DockerClassicStore);

    internal override IJsonTypeInfoResolver FileTypes => DockerJsonContext.Default;

    internal override ILayerStore Read(StoreLocation location, RootedDirectory host, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken) =>
        DockerClassicStore.Read(tree, location.Root, options, cancellationToken);

    internal override ILayerStore Unread(StoreLocation location, StoreProblem problem) => DockerClassicStore.Unread(location.Root, problem);
}
