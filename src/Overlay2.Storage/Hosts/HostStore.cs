using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Hosts;

/// <summary>A store with what rules ask of it: which layers are needed, and by whom.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public class HostStore
{
    private readonly Lazy<HashSet<ByteString>> _recorded;
    private readonly Lazy<Dictionary<ByteString, HostContainer>> _containersByLayer;
    private readonly Lazy<(IReadOnlyList<StoredLayer> Needed, IReadOnlyList<StoredLayer> Unreferenced)> _layers;

    private protected HostStore(ILayerStore store, DriverHome home, ImmutableArray<HostContainer> containers)
    {
        Store = store;
        Home = home;
        Containers = containers;
        KnowsAllReferences = store.ReferenceProblems.Count == 0;
        _recorded = new Lazy<HashSet<ByteString>>(() => [.. store.References.Where(reference => reference.Kind is not (LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished)).Select(reference => reference.LayerId)]);
        _containersByLayer = new Lazy<Dictionary<ByteString, HostContainer>>(IndexContainers);
        _layers = new Lazy<(IReadOnlyList<StoredLayer>, IReadOnlyList<StoredLayer>)>(Divide);
    }

    /// <summary>What was read.</summary>
    public virtual ILayerStore Store { get; }

    /// <summary>Where it is, and what covers it.</summary>
    public DriverHome Home { get; }

    /// <summary>The containers that the store's records tell of.</summary>
    public ImmutableArray<HostContainer> Containers { get; }

    /// <summary>Whether every record that could need a layer was read.</summary>
    public bool KnowsAllReferences { get; }

    /// <summary>The layers that no record leads to; some of them may be needed where <see cref="KnowsAllReferences"/> is not so.</summary>
    public virtual IReadOnlyList<StoredLayer> Unreferenced => _layers.Value.Unreferenced;

    /// <summary>The layers whose faults matter: those that are needed, or may be, and do not belong to a container that is being removed.</summary>
    public virtual IReadOnlyList<StoredLayer> Needed => _layers.Value.Needed;

    /// <summary>Whether an image or a container has a layer by its record: where its directory is gone that is a finding of its own.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public bool IsRecorded(ByteString layerId) => _recorded.Value.Contains(layerId);

    /// <summary>The container that a layer is the writable one, or the one below that, of.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public HostContainer? FindContainer(ByteString layerId) => _containersByLayer.Value.GetValueOrDefault(layerId);

    /// <summary>Whether a layer's container is being removed, or its removal failed: its parts may be gone already.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public bool IsBeingRemoved(ByteString layerId) => FindContainer(layerId) is { IsBeingRemoved: true };

    /// <summary>The layer that a path leads into, also through a short link.</summary>
    /// <param name="path">The path on the host, without <c>.</c> and <c>..</c>.</param>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public virtual bool TryGetLayerId(BytePath path, out ByteString layerId) => Home.TryGetLayerId(path, out layerId);

    /// <summary>Where a layer is, or would be.</summary>
    /// <param name="layerId">The layer; its directory need not exist.</param>
    public BytePath PathOf(ByteString layerId) => Home.LayersDirectory.Combine(new BytePath(layerId));

    internal static HostStore Create(ILayerStore store, DriverHome home, HostView host)
    {
        ImmutableArray<HostContainer> containers = [.. store.GetContainers().Select(container => new HostContainer(container, host))];
        return store is OverlayDriverStore driver ? new HostDriverStore(driver, home, containers) : new HostStore(store, home, containers);
    }

    private (IReadOnlyList<StoredLayer> Needed, IReadOnlyList<StoredLayer> Unreferenced) Divide()
    {
        IReadOnlyList<StoredLayer> unreferenced = Store.FindUnreferencedLayers();
        HashSet<ByteString> unneeded = KnowsAllReferences ? [.. unreferenced.Select(layer => layer.Id)] : [];
        return ([.. Store.Layers.Where(layer => !unneeded.Contains(layer.Id) && !IsBeingRemoved(layer.Id))], unreferenced);
    }

    private Dictionary<ByteString, HostContainer> IndexContainers()
    {
        Dictionary<ByteString, HostContainer> containers = [];
        foreach (HostContainer container in Containers)
        {
            if (!container.LayerId.IsEmpty)
                containers.TryAdd(container.LayerId, container);
            if (!container.Stored.InitLayerId.IsEmpty)
                containers.TryAdd(container.Stored.InitLayerId, container);
        }

        return containers;
    }
}
