using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>containerd with its overlayfs snapshotter; Docker 29 keeps its images there too.</summary>
internal sealed class ContainerdEngine : StorageEngine
{
    private ContainerdEngine()
    {
    }

    public static ContainerdEngine Value { get; } = new();

    public override LayerStoreKind Kind => LayerStoreKind.ContainerdSnapshots;

    public override string Name => "containerd";

    public override BytePath DriverHomeName => ContainerdNames.DriverHome;

    /// <summary>A containerd that only runs the tasks of others has a root directory too, and keeps nothing in it.</summary>
    public override bool MayBeEmpty => true;

    public override BytePath LayersDirectoryOf(BytePath home) => home.Combine(ContainerdNames.Snapshots);

    /// <summary>containerd mounts elsewhere; the upper layer is in its own directory.</summary>
    public override BytePath LayerPathOf(BytePath mountPoint, BytePath upper) => upper;

    internal override ImmutableArray<string> Programs => ContainerdSearch.Programs;

    internal override ImmutableArray<BytePath> MeasuredDirectories => [ContainerdNames.DefaultRoot];

    internal override IEnumerable<FoundPlace> FindPlaces(EngineSearch search) => ContainerdSearch.Find(search);

    internal override StoreLocation Complete(StoreLocation named, EngineSearch search) => ContainerdSearch.Complete(named, search);

    internal override IReadOnlyList<BytePath> FindUsualHomes(RootedDirectory host) => ContainerdSearch.FindSnapshotters(host);

    internal override string WellKnownNames => """
        containerd snapshotter.v1.overlayfs content.v1.content blobs metadata.v1.bolt runtime.v2.task metadata.db meta.db snapshots fs rootfs moby k8s.io native stargz devmapper daemon
        buildkit runc-overlayfs containerdmeta.db executor
        """;

    internal override string FileMember => "containerdSnapshots";

    internal override Type StoreType => typeof(ContainerdSnapshotStore);

    internal override IJsonTypeInfoResolver FileTypes => ContainerdJsonContext.Default;

    internal override ILayerStore Read(StoreLocation location, RootedDirectory host, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken) =>
        ContainerdSnapshotStore.Read(host, ContainerdPlaces.Of(location), location.Problems, options, cancellationToken);

    internal override ILayerStore Unread(StoreLocation location, StoreProblem problem) => ContainerdSnapshotStore.Unread(ContainerdPlaces.Of(location), problem);
}
