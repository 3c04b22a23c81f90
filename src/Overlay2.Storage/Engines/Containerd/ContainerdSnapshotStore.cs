using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>The store of containerd's overlayfs snapshotter: its database and directories, and what containerd's own database says of them.</summary>
/// <remarks>
/// Immutable and thread-safe: what was on disk when <see cref="Read(BytePath, StoreReadOptions?, CancellationToken)"/> looked, faults
/// included. A name of a namespace (<see cref="SnapshotNames"/>) leads to the snapshotter's key, the key to the number of a directory
/// (<see cref="Snapshots"/>). Docker 29 keeps its images and containers here too, in the namespace <c>moby</c>. Source: observed on
/// containerd 1.6.
/// </remarks>
public sealed partial record ContainerdSnapshotStore : ILayerStore
{
    private Derived<ContainerdSnapshotStore, ContainerdIndex> _index;
    private Derived<ContainerdSnapshotStore, ContainerdReferences> _references;
    private Derived<ContainerdSnapshotStore, ContainerdContentGraph> _graph;
    private Derived<ContainerdSnapshotStore, IReadOnlyList<RecordReference>> _recordReferences;

    /// <inheritdoc/>
    [JsonIgnore]
    public StorageEngine Engine => ContainerdEngine.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public LayerStoreKind Kind => Engine.Kind;

    /// <inheritdoc/>
    public required BytePath DataRoot { get; init; }

    /// <inheritdoc/>
    public required BytePath DriverHome { get; init; }

    /// <summary>The directory of what does not outlive a reboot, for example <c>/run/containerd</c>.</summary>
    public required BytePath StateDirectory { get; init; }

    /// <summary>What the driver home is.</summary>
    public DriverHomeStatus Home { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public BytePath QuarantineDirectory => StoreQuarantine.DirectoryOf(DriverHome);

    /// <inheritdoc/>
    [AllowNull]
    public StoreQuarantine Quarantine
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? StoreQuarantine.Unknown;
    } = StoreQuarantine.None;

    /// <summary>The snapshots' directories, in the order of their names.</summary>
    public IReadOnlyList<ContainerdLayer> Layers { get; init; } = [];

    /// <summary>The names beside the snapshots' directories that the snapshotter does not give, in the order of their bytes.</summary>
    public IReadOnlyList<ByteString> OtherEntries { get; init; } = [];

    /// <summary>The snapshots of the snapshotter's database, in the order of their keys.</summary>
    public IReadOnlyList<ContainerdSnapshot> Snapshots { get; init; } = [];

    /// <summary>When the snapshotter's database was written last; <see langword="null"/> where there is none or the source holds no times.</summary>
    public DateTimeOffset? SnapshotsChangedAt { get; init; }

    /// <summary>The namespaces, in the order of their names.</summary>
    public IReadOnlyList<ByteString> Namespaces { get; init; } = [];

    /// <summary>The names of overlayfs snapshots, by namespace and name.</summary>
    public IReadOnlyList<ContainerdSnapshotName> SnapshotNames { get; init; } = [];

    /// <summary>The containers of all snapshotters, by namespace and id.</summary>
    public IReadOnlyList<ContainerdContainer> Containers { get; init; } = [];

    /// <summary>The images, by namespace and name.</summary>
    public IReadOnlyList<ContainerdImage> Images { get; init; } = [];

    /// <summary>The leases, by namespace and id.</summary>
    public IReadOnlyList<ContainerdLease> Leases { get; init; } = [];

    /// <summary>The tasks, by namespace and container.</summary>
    public IReadOnlyList<ContainerdTask> Tasks { get; init; } = [];

    /// <summary>The blobs that images and leases name, in the order of their digests; a blob that is not listed is not known.</summary>
    [AllowNull]
    public IReadOnlyList<ContainerdContent> Contents
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <summary>The sandboxes, by namespace and id; none where <see cref="KnowsRecordReferences"/> is not set.</summary>
    [AllowNull]
    public IReadOnlyList<ContainerdSandbox> Sandboxes
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <summary>What is in the place of containerd's own database; <see langword="null"/> where it was not looked at, as in snapshot files of earlier versions.</summary>
    public StoreEntryType? MetadataDatabase { get; init; }

    /// <summary>The blobs that the database knows, by namespace and digest; none of snapshot files of earlier versions.</summary>
    [AllowNull]
    public IReadOnlyList<ContainerdContentRecord> ContentRecords
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <summary>The snapshots that labels keep, by namespace and name; <see langword="null"/> where they were not looked at, as in snapshot files of earlier versions.</summary>
    public IReadOnlyList<ContainerdHeldSnapshot>? HeldSnapshots { get; init; }

    /// <summary>What was recognised there and is not read, each with its number, for a person; nothing of the store's answers is about it.</summary>
    [AllowNull]
    public IReadOnlyList<string> UnreadParts
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <inheritdoc/>
    public bool KnowsRecordReferences { get; init; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<StoreProblem> ReadProblems { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<LayerReference> References => RecordedReferences.All;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<StoreProblem> ReferenceProblems => RecordedReferences.Problems;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<RecordReference> RecordReferences => _recordReferences.Of(this, static store => new ContainerdRecordReferences(store, store.Index, new RecordReferenceList()).All);

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<StoreProblem> Problems => [.. ReadProblems, .. ReferenceProblems.Except(ReadProblems)];

    IReadOnlyList<StoredLayer> ILayerStore.Layers => Layers;

    /// <summary>The directory of a snapshot.</summary>
    /// <param name="id">The name of the directory.</param>
    /// <param name="layer">The directory.</param>
    public bool TryGetLayer(ByteString id, [NotNullWhen(true)] out ContainerdLayer? layer) => Index.Layers.TryGetValue(id, out layer);

    bool ILayerStore.TryGetLayer(ByteString id, [NotNullWhen(true)] out StoredLayer? layer)
    {
        layer = TryGetLayer(id, out ContainerdLayer? found) ? found : null;
        return layer is not null;
    }

    /// <summary>The snapshot of a key.</summary>
    /// <param name="key">The snapshotter's key.</param>
    /// <param name="snapshot">The snapshot.</param>
    public bool TryGetSnapshot(ByteString key, [NotNullWhen(true)] out ContainerdSnapshot? snapshot) => Index.Snapshots.TryGetValue(key, out snapshot);

    /// <summary>The snapshot that a directory belongs to.</summary>
    /// <param name="layerId">The name of the directory.</param>
    /// <param name="snapshot">The snapshot.</param>
    public bool TryGetSnapshotOfLayer(ByteString layerId, [NotNullWhen(true)] out ContainerdSnapshot? snapshot) =>
        Index.SnapshotsByLayer.TryGetValue(layerId, out snapshot);

    /// <summary>The snapshot that a name of a namespace stands for.</summary>
    /// <param name="containerdNamespace">The namespace.</param>
    /// <param name="name">The name.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns><see langword="false"/> where the namespace has no such name, or the snapshotter does not know its key.</returns>
    public bool TryGetSnapshot(ByteString containerdNamespace, ByteString name, [NotNullWhen(true)] out ContainerdSnapshot? snapshot)
    {
        snapshot = null;
        return Index.Names.TryGetValue((containerdNamespace, name), out ContainerdSnapshotName? found) && TryGetSnapshot(found.Key, out snapshot);
    }

    /// <summary>The container whose root file system a snapshot is.</summary>
    /// <param name="key">The snapshotter's key.</param>
    /// <param name="container">The container; the first where there are several.</param>
    public bool TryGetContainerOf(ByteString key, [NotNullWhen(true)] out ContainerdContainer? container) => Index.ContainersByKey.TryGetValue(key, out container);

    /// <summary>The container of an id.</summary>
    /// <param name="containerdNamespace">The namespace it is in.</param>
    /// <param name="id">Its id.</param>
    /// <param name="container">The container.</param>
    public bool TryGetContainer(ByteString containerdNamespace, ByteString id, [NotNullWhen(true)] out ContainerdContainer? container) =>
        Index.Containers.TryGetValue((containerdNamespace, id), out container);

    /// <summary>The task of a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="task">Its task.</param>
    public bool TryGetTask(ContainerdContainer container, [NotNullWhen(true)] out ContainerdTask? task)
    {
        ArgumentNullException.ThrowIfNull(container);
        return Index.Tasks.TryGetValue((container.Namespace, container.Id), out task);
    }

    /// <summary>The containers whose overlayfs snapshot is in no record: nothing can start them.</summary>
    public IReadOnlyList<ContainerdContainer> FindContainersWithoutSnapshot() =>
        [.. Containers.Where(container => container.Snapshotter == ContainerdNames.Overlayfs && !container.SnapshotName.IsEmpty && !TryGetSnapshot(container.Namespace, container.SnapshotName, out _))];

    /// <inheritdoc/>
    public IReadOnlyList<ByteString> GetLowerLayerIds(ByteString layerId)
    {
        if (!TryGetSnapshotOfLayer(layerId, out ContainerdSnapshot? snapshot))
            return [];

        List<ByteString> ids = [];
        HashSet<ByteString> seen = [snapshot.Key];
        while (!snapshot.Parent.IsEmpty && seen.Add(snapshot.Parent) && TryGetSnapshot(snapshot.Parent, out snapshot))
            ids.Add(snapshot.LayerId);
        return ids;
    }

    /// <summary>The directories that no snapshot has.</summary>
    /// <remarks>
    /// containerd removes a snapshot's record first and its directory afterwards, at the next garbage collection. While
    /// <see cref="ReferenceProblems"/> has an entry a record may be missing.
    /// </remarks>
    public IReadOnlyList<StoredLayer> FindUnreferencedLayers() => [.. Layers.Where(layer => !TryGetSnapshotOfLayer(layer.Id, out _))];

    /// <inheritdoc/>
    public IReadOnlyList<StoredContainer> GetContainers() => [.. Containers.Select(Describe)];

    IReadOnlyList<LostLayer> ILayerStore.FindLostLayers()
    {
        // Where a record was not read in full, the snapshot may be in what is missing of it.
        if (ReadProblems.Any(problem => problem.Operation == StoreOperation.Parse))
            return [];
        BytePath records = MetadataPath;
        BytePath snapshots = DriverHome.Combine(ContainerdNames.SnapshotDatabase);
        return [.. FindContainersWithoutSnapshot().Select(container => new LostLayer(container.Id, NameOf(container), container.SnapshotName, records, snapshots))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LayerFault> FindFaults(StoredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!TryGetSnapshotOfLayer(layer.Id, out _))
            return [];
        List<LayerFault> faults = [];
        if (LayerFault.Is(layer.Diff))
            faults.Add(LayerFault.NoDirectory(layer.DiffPath, layer.Diff));
        if (NeedsWorkDirectory(layer) && LayerFault.Is(layer.Work))
            faults.Add(LayerFault.NoDirectory(layer.WorkPath, layer.Work));
        return faults;
    }

    /// <inheritdoc/>
    public bool NeedsWorkDirectory(StoredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return TryGetSnapshotOfLayer(layer.Id, out ContainerdSnapshot? snapshot) && snapshot.Kind == ContainerdSnapshotKind.Active;
    }

    /// <inheritdoc/>
    public bool IsContainerMount(BytePath mountPoint) =>
        mountPoint.StartsWith(StateDirectory.Combine(ContainerdNames.Tasks)) && !ReadProblems.Any(problem => problem.Path == MetadataPath);

    /// <inheritdoc/>
    // Where the snapshotter's records are gone with the layers, containerd's own still name the snapshots.
    public StoreLoss MeasureLoss() => Snapshots.Count == 0 && SnapshotNames.Count > 0 ? new StoreLoss(SnapshotNames.Count, Layers.Count) : StoreLoss.Of(this);

    /// <inheritdoc/>
    [JsonIgnore]
    public StoreActivity? LastActivity => SnapshotsChangedAt is { } changed
        ? new StoreActivity(DriverHome.Combine(ContainerdNames.SnapshotDatabase), changed, "containerd removes a snapshot's record first, and its directory later")
        : null;

    private StoredContainer Describe(ContainerdContainer container)
    {
        ContainerdSnapshot? snapshot = null;
        if (container.Snapshotter == ContainerdNames.Overlayfs)
            TryGetSnapshot(container.Namespace, container.SnapshotName, out snapshot);
        TryGetTask(container, out ContainerdTask? task);
        return new StoredContainer
        {
            Id = container.Id,
            Name = NameOf(container),
            Path = MetadataPath,
            LayerId = snapshot?.LayerId ?? default,
            RootFileSystem = task?.RootFileSystem ?? default,

            // A task that ended keeps its mount until its client removes it.
            Evidence = RunningEvidence.Process,
            IsNotedRunning = task?.ProcessId is not null,
            ProcessId = task?.ProcessId ?? 0,
        };
    }

    /// <summary>The names of the images whose topmost snapshot is the one of a layer, or above it, by the labels of their blobs; Kubernetes and Docker give one image several.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public IReadOnlyList<string> FindImages(ByteString layerId)
    {
        if (!TryGetSnapshotOfLayer(layerId, out ContainerdSnapshot? snapshot))
            return [];
        ILookup<ByteString, ContainerdSnapshot> above = Snapshots.ToLookup(other => other.Parent);
        HashSet<ByteString> keys = [];
        Stack<ByteString> pending = new([snapshot.Key]);
        while (pending.TryPop(out ByteString key))
        {
            if (!keys.Add(key))
                continue;
            foreach (ContainerdSnapshot next in above[key])
                pending.Push(next.Key);
        }

        return [.. Graph.FindImages(SnapshotNames.Where(name => keys.Contains(name.Key))).Select(image => $"{image.Namespace}/{image.Name}").Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The images of which a blob is gone that they need: one that the database knows, or the image's own. Platforms that nobody fetched are none.</summary>
    public IReadOnlyList<ContainerdImageContent> FindIncompleteImages() => Graph.FindIncomplete();

    /// <summary>The snapshots that no image, container, lease or label keeps, by the records: containerd removes such at its next collection of garbage, where it can.</summary>
    /// <remarks>An image keeps snapshots through the labels of its blobs. What the records do not tell of, such as a mount, is not looked at.</remarks>
    public IReadOnlyList<ContainerdSnapshot> FindUnusedSnapshots() => new ContainerdSnapshotUse(this, Index).FindUnused();

    private ContainerdContentGraph Graph => _graph.Of(this, static store => new ContainerdContentGraph(store));

    /// <summary>The database of images, containers, leases and names of snapshots.</summary>
    [JsonIgnore]
    public BytePath MetadataPath => DataRoot.Combine(ContainerdNames.MetadataOf(DataRoot, DriverHome));

    private static string NameOf(ContainerdContainer container) => $"{container.Namespace}/{container.Id}";

    /// <summary>containerd removes a snapshot's directory after its record, and what belonged to a container after that.</summary>
    bool ILayerStore.IsBetweenTwoMoments(IReadOnlyDictionary<int, string>? containerOfProcess) => FindUnreferencedLayers().Count > 0 || FindContainersWithoutSnapshot().Count > 0;

    private ContainerdIndex Index => _index.Of(this, static store => new ContainerdIndex(store));

    private ContainerdReferences RecordedReferences => _references.Of(this, static store => new ContainerdReferences(store, store.Index));

    /// <summary>Two stores are equal only if they are the same object: to compare all they hold would cost as much as reading them.</summary>
    /// <param name="other">Another store.</param>
    public bool Equals(ContainerdSnapshotStore? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>The engine and its root directory, for showing.</summary>
    public override string ToString() => $"{Engine} {DataRoot}";

    ILayerStore ILayerStore.With(StoreChange change) => this with { Layers = [.. change.Layers.Cast<ContainerdLayer>()], Quarantine = change.Quarantine };
}
