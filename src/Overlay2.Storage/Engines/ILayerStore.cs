using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines;

/// <summary>What the stores of all engines have in common: layers in directories, and records that name them.</summary>
/// <remarks>Implementations are immutable and thread-safe: what was on disk when they were read.</remarks>
public interface ILayerStore
{
    /// <summary>The engine whose store it is.</summary>
    StorageEngine Engine { get; }

    /// <summary>Which software laid the store out.</summary>
    LayerStoreKind Kind => Engine.Kind;

    /// <summary>The engine's root directory on the host: <c>/var/lib/docker</c>, <c>/var/lib/containers/storage</c>, <c>/var/lib/containerd</c>.</summary>
    BytePath DataRoot { get; }

    /// <summary>The directory that the driver owns, for example <c>/var/lib/docker/overlay2</c>.</summary>
    BytePath DriverHome { get; }

    /// <summary>The directory that holds a directory for each layer: the driver home, or one in it.</summary>
    BytePath LayersDirectory => Engine.LayersDirectoryOf(DriverHome);

    /// <summary>Where root file systems of containers are mounted outside of <see cref="DataRoot"/>, for example <c>/run/containerd</c>; empty for an engine that mounts in its layers' directories.</summary>
    BytePath StateDirectory => default;

    /// <summary>What the driver home is.</summary>
    DriverHomeStatus Home { get; }

    /// <summary>Where repairs move what nobody needs: beside the driver home, on its file system, for example <c>/var/lib/docker/overlay2-quarantine</c>.</summary>
    BytePath QuarantineDirectory { get; }

    /// <summary>What is in <see cref="QuarantineDirectory"/>.</summary>
    StoreQuarantine Quarantine { get; }

    /// <summary>The layer directories found in the driver home, in the order of their ids.</summary>
    IReadOnlyList<StoredLayer> Layers { get; }

    /// <summary>Who needs which layer, whether its directory is there or not.</summary>
    IReadOnlyList<LayerReference> References { get; }

    /// <summary>Problems because of which <see cref="References"/> may lack some. While there is one, no layer can be called unused.</summary>
    IReadOnlyList<StoreProblem> ReferenceProblems { get; }

    /// <summary>What every record refers to, and whether that is there, as far as this store tells. Computed once, when it is asked for.</summary>
    /// <remarks>
    /// In the order of the records. A reference is told where a record names something, and where one that must name something names nothing;
    /// a record that refers to nothing, such as an image without layers, has none. What was not read is told as not known, never as dangling.
    /// </remarks>
    IReadOnlyList<RecordReference> RecordReferences { get; }

    /// <summary>Whether everything was read that <see cref="RecordReferences"/> needs; not in a snapshot file of an earlier version.</summary>
    bool KnowsRecordReferences { get; }

    /// <summary>What could not be read.</summary>
    IReadOnlyList<StoreProblem> ReadProblems { get; }

    /// <summary>Everything that could not be read or understood, those of <see cref="ReferenceProblems"/> included.</summary>
    IReadOnlyList<StoreProblem> Problems { get; }

    /// <summary>The layer directory of an id.</summary>
    /// <param name="id">The layer's id, the name of its directory.</param>
    /// <param name="layer">The layer.</param>
    bool TryGetLayer(ByteString id, [NotNullWhen(true)] out StoredLayer? layer);

    /// <summary>The layers that a layer's own directory or record names as those below it, nearest first, as far as their ids are known.</summary>
    /// <param name="layerId">The id of the layer above; one that is not there has none.</param>
    IReadOnlyList<ByteString> GetLowerLayerIds(ByteString layerId);

    /// <summary>The layers above a layer, by the records or where these know nothing by the layers' own files.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    IEnumerable<ByteString> FindLayersAbove(ByteString layerId) => Layers.Where(layer => GetLowerLayerIds(layer.Id).Contains(layerId)).Select(layer => layer.Id);

    /// <summary>The names or ids of the images that have a layer; none where the store does not tell.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    IReadOnlyList<string> FindImages(ByteString layerId) => [];

    /// <summary>The containers that the records tell of, alike for every engine.</summary>
    IReadOnlyList<StoredContainer> GetContainers();

    /// <summary>The containers whose layer no record knows.</summary>
    IReadOnlyList<LostLayer> FindLostLayers() => [];

    /// <summary>What is missing of a layer's directory, or is something else than it should be.</summary>
    /// <param name="layer">A layer of this store.</param>
    IReadOnlyList<LayerFault> FindFaults(StoredLayer layer);

    /// <summary>Whether a layer is mounted as upper and so needs a work directory.</summary>
    /// <param name="layer">A layer of this store.</param>
    bool NeedsWorkDirectory(StoredLayer layer);

    /// <summary>Whether a container's root file system is mounted there, and every container is in a record that was read.</summary>
    /// <param name="mountPoint">Where something is mounted, outside of the layers' directories.</param>
    bool IsContainerMount(BytePath mountPoint) => false;

    /// <summary>How many of the layers that the records need are there.</summary>
    StoreLoss MeasureLoss() => StoreLoss.Of(this);

    /// <summary>The largest layer by the records; <see langword="null"/> where they give no sizes.</summary>
    RecordedSize? LargestLayer => null;

    /// <summary>The last write that can have removed a record whose directory is still there; <see langword="null"/> where the engine removes both at once, or it is not known.</summary>
    StoreActivity? LastActivity => null;

    /// <summary>The records of a layer that nobody needs; none of one without a record, or where a layer is no longer recorded than it is needed.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    IReadOnlyList<UnneededRecord> FindUnneededRecords(ByteString layerId) => [];

    /// <summary>Whether nothing is lost or unread but the records of a build cache, which may need a layer that nobody else does.</summary>
    bool KnowsAllButBuildCache => ReferenceProblems.Count == 0;

    /// <summary>The root directories of read-only stores whose layers this one's may be on.</summary>
    IReadOnlyList<BytePath> StoresBelow => [];

    /// <summary>The layer directories that no record needs, neither itself nor as a layer below one that is needed.</summary>
    /// <remarks>Mounts can use a layer too, and while <see cref="ReferenceProblems"/> has an entry a record may be missing: see there.</remarks>
    IReadOnlyList<StoredLayer> FindUnreferencedLayers() => LayerReachability.FindUnreferenced(this, GetLowerLayerIds);

    /// <summary>What was recognised in the store and is not read, in words for a person: nothing that is said of the store is about it.</summary>
    IReadOnlyList<string> UnreadParts => [];

    /// <summary>Whether the store is no more than a root directory that a package made: it counts as none unless one is expected there.</summary>
    internal bool IsBare => false;

    /// <summary>
    /// Whether the store and the processes were seen at two moments, so that another look is worth while: a container is noted as running whose
    /// first process is not there, or not yet in the container's cgroup, or the engine is about to remove what belonged to a record that is gone.
    /// </summary>
    /// <param name="containerOfProcess">The container's id of each process, empty for one that is in none; <see langword="null"/> where the processes are not known.</param>
    internal bool IsBetweenTwoMoments(IReadOnlyDictionary<int, string>? containerOfProcess) => false;

    /// <summary>The layers whose files are worth looking through.</summary>
    /// <param name="all">Those of all containers; otherwise only of those whose removal was begun and did not end.</param>
    internal IEnumerable<StoredLayer> FindScannedLayers(bool all) => [];

    /// <summary>The driver homes in the engine's root directory that hold something.</summary>
    /// <param name="tree">The engine's root directory.</param>
    /// <param name="homes">The driver homes.</param>
    /// <param name="problem">Why they are not known.</param>
    internal bool TryFindDriverHomes(IFileTree tree, out ImmutableArray<BytePath> homes, [NotNullWhen(false)] out StoreProblem? problem)
    {
        homes = Layers.Count > 0 ? [DriverHome] : [];
        problem = null;
        return true;
    }

    /// <summary>This store with the parts that a repair changes, as they are afterwards; everything else as it was.</summary>
    /// <param name="change">The changed parts; those of other engines are passed over.</param>
    internal ILayerStore With(StoreChange change);

    /// <summary>A store that holds what may be shown of this one, built anew.</summary>
    /// <param name="redactor">Gives the new names.</param>
    internal ILayerStore Redact(Redactor redactor);
}
