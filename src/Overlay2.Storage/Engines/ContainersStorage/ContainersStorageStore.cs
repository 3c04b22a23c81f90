using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>The store of containers/storage, which Podman, Buildah and CRI-O share: the overlay driver's home and the records of layers, images, containers.</summary>
/// <remarks>
/// Immutable and thread-safe: what was on disk when <see cref="Read(StoreLocation, StoreReadOptions?, CancellationToken)"/> looked, faults
/// included. Source: observed on Podman 4.3; containers-storage.conf(5).
/// </remarks>
public sealed partial record ContainersStorageStore : OverlayDriverStore, ILayerStore
{
    private Derived<ContainersStorageStore, Dictionary<ByteString, ContainersLayerRecord>> _records;
    private Derived<ContainersStorageStore, ContainersReferences> _references;
    private Derived<ContainersStorageStore, DriverRedundancy> _redundancy;
    private Derived<ContainersStorageStore, IReadOnlyList<RecordReference>> _recordReferences;

    /// <inheritdoc/>
    [JsonIgnore]
    public override StorageEngine Engine => ContainersStorageEngine.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath DriverHome => DataRoot.Combine(ContainersNames.DriverHome);

    /// <summary>The root directories of the read-only stores whose images this one uses too, by the configuration.</summary>
    public IReadOnlyList<BytePath> ImageStores { get; init; } = [];

    /// <summary>What was recognised there and is not read, each with its number, for a person; nothing of the store's answers is about it.</summary>
    [AllowNull]
    public IReadOnlyList<string> UnreadParts
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    IReadOnlyList<BytePath> ILayerStore.StoresBelow => ImageStores;

    /// <summary>The records of layers, in the order of their ids.</summary>
    public IReadOnlyList<ContainersLayerRecord> LayerRecords { get; init; } = [];

    /// <summary>The containers, in the order of their ids.</summary>
    public IReadOnlyList<ContainersContainer> Containers { get; init; } = [];

    /// <summary>The images, in the order of their ids.</summary>
    public IReadOnlyList<ContainersImage> Images { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<LayerReference> References => RecordedReferences.All;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StoreProblem> ReferenceProblems => RecordedReferences.Problems;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<RecordReference> RecordReferences => _recordReferences.Of(this, static store => new ContainersRecordReferences(store, new RecordReferenceList()).All);

    /// <summary>Reads a store of this machine, or of a host whose root directory is mounted here.</summary>
    /// <remarks>
    /// Only reads: nothing is locked, and no file is opened for writing. On the way to the root directory links are followed inside the host
    /// root; below it none is. What cannot be read is a <see cref="StoreProblem"/>, and the rest is read all the same.
    /// </remarks>
    /// <param name="location">The root directory on the host, for example <c>/var/lib/containers/storage</c>, and the stores below it.</param>
    /// <param name="options">Host root and limits; the defaults where left out.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The store; without parts and with a problem where there is none.</returns>
    /// <exception cref="ArgumentException">The path is not absolute, or the location is one of another kind.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ContainersStorageStore Read(StoreLocation location, StoreReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!location.Root.IsAbsolute || location.Kind != LayerStoreKind.ContainersStorage)
            throw new ArgumentException("A root directory of containers/storage is an absolute path.", nameof(location));

        options ??= StoreReadOptions.Default;
        if (!LiveFileTree.TryOpen(options.HostRoot, location.Root, out LiveFileTree? tree, out StoreProblem? problem))
            return Unread(location, problem);
        using (tree)
            return Read(location, tree, options, cancellationToken);
    }

    /// <summary>The record of a layer.</summary>
    /// <param name="layerId">The layer's id.</param>
    /// <param name="record">Its record.</param>
    public bool TryGetLayerRecord(ByteString layerId, [NotNullWhen(true)] out ContainersLayerRecord? record) => Records.TryGetValue(layerId, out record);

    /// <summary>Reads a store from a tree whose root is the store's root directory.</summary>
    internal static ContainersStorageStore Read(StoreLocation location, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken) =>
        SteadyReading.Read(() => new ContainersStoreReader(tree, location, options, cancellationToken).Read());

    /// <summary>A store of which nothing could be read.</summary>
    internal static ContainersStorageStore Unread(StoreLocation location, StoreProblem problem) =>
        new() { DataRoot = location.Root, Home = DriverHomeStatus.Unread(problem), ImageStores = location.ImageStores, ReadProblems = [problem] };

    /// <inheritdoc/>
    public override IReadOnlyList<StoredContainer> GetContainers() =>
    [
        .. Containers.Select(container => new StoredContainer
        {
            Id = container.Id,
            Name = container.Name,
            Path = DataRoot.Combine(ContainersNames.ContainerDirectories).Combine(new BytePath(container.Id)),
            LayerId = container.LayerId,
            Evidence = RunningEvidence.ControlGroup,
        }),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindImages(ByteString layerId)
    {
        HashSet<ByteString> above = [layerId, .. FindLayersAbove(layerId)];
        return [.. Images.Where(image => above.Contains(image.TopLayer)).Select(image => image.Names.Count > 0 ? image.Names[0] : image.Id.ToString())];
    }

    internal override IEnumerable<ByteString> FindLostRecords() => ContainersReferences.FindLostRecords(this);

    /// <summary>Packages make an empty root directory.</summary>
    bool ILayerStore.IsBare => Home.Type == StoreEntryType.Missing && References.Count == 0 && ReadProblems.Count == 0;

    private Dictionary<ByteString, ContainersLayerRecord> Records => _records.Of(this, static store => store.LayerRecords.FirstByKey(record => record.Id));

    private ContainersReferences RecordedReferences => _references.Of(this, static store => new ContainersReferences(store));

    private protected override DriverRedundancy Redundancy => _redundancy.Of(this, static store => new DriverRedundancy(store, store.TryGetAncestors));

    /// <inheritdoc/>
    public bool Equals(ContainersStorageStore? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    private protected override HashSet<ByteString> FindLayersAboveOthers() =>
        [.. LayerRecords.Where(record => !record.Parent.IsEmpty).Select(record => record.Id), .. LayersWithLower];

    /// <summary>The layers below a layer by the records, nearest first; not where the chain goes on in another store, or has no end.</summary>
    private bool TryGetAncestors(ByteString layerId, [NotNullWhen(true)] out List<OverlayDriverAncestor>? ancestors)
    {
        const int MaxDepth = 1024;
        ancestors = [];
        BytePath source = DataRoot.Combine(ContainersNames.Layers);
        if (!TryGetLayerRecord(layerId, out ContainersLayerRecord? record))
            return false;
        while (!record.Parent.IsEmpty)
        {
            if (ancestors.Count == MaxDepth || !TryGetLayerRecord(record.Parent, out record))
                return false;
            ancestors.Add(new OverlayDriverAncestor(record.Id, default, source));
        }

        return true;
    }
}
