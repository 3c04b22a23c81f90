using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

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

    /// <summary>The layer directories that no record needs, neither itself nor as a layer below one that is needed.</summary>
    /// <remarks>Mounts can use a layer too, and while <see cref="ReferenceProblems"/> has an entry a record may be missing: see there.</remarks>
    IReadOnlyList<StoredLayer> FindUnreferencedLayers() => LayerReachability.FindUnreferenced(this);
}
