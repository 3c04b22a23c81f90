using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

// What refers to what: records to records, mounts to layers, processes to mounts.
public sealed partial class HostView
{
    private readonly Lazy<ImmutableArray<OverlayLayer>> _overlayLayers;

    /// <summary>The references between the records of all stores, each resolved, dangling or not known, with the reason.</summary>
    public IEnumerable<RecordReference> References => KnownStores.SelectMany(view => view.Store.RecordReferences);

    /// <summary>The layers of all overlays that the engine sees, each resolved to its store, dangling or not known; none where the mounts are not known.</summary>
    public ImmutableArray<OverlayLayer> OverlayLayers => _overlayLayers.Value;

    /// <summary>The layers of an overlay, the upper one first.</summary>
    /// <param name="overlay">The overlay, of the engine's own namespace: paths of another one lead elsewhere.</param>
    public IEnumerable<OverlayLayer> LayersOf(HostOverlay overlay)
    {
        ArgumentNullException.ThrowIfNull(overlay);
        var given = OverlayMountOptions.Parse(overlay.Mount.SuperOptions.Span);
        DriverHome? own = FindHome(overlay.Mount.MountPoint) ?? (given.Upper is { Path.IsAbsolute: true } written ? FindHome(written.Path.WithoutDots()) : null);
        OverlayMountOptions options = given.Resolve(own?.LayersDirectory ?? BytePath.Root);
        if (options.Upper is { } upper)
            yield return Resolve(overlay, upper.Path);
        foreach (LayerPath layer in options.Layers)
            yield return Resolve(overlay, layer.Path);
    }

    /// <summary>The mounts that a process sees.</summary>
    /// <param name="process">A process of the snapshot.</param>
    public ProcessMounts MountsOf(SnapshotProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        SnapshotNamespace? other = Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces)
            ? namespaces.FirstOrDefault(found => found.Id == process.MountNamespaceId)
            : null;

        // What is in no other namespace is in the engine's own, which is not among them.
        return new ProcessMounts(process, process.MountNamespaceId == 0 ? SnapshotPart.Failed<MountTable>("the mount namespace of the process could not be read")
            : other is not null ? other.Mounts
            : Snapshot.OtherNamespaces.IsKnown ? Snapshot.Mounts
            : SnapshotPart.Failed<MountTable>(Snapshot.OtherNamespaces.Reason));
    }

    /// <summary>Whose a path is: the layer of a store that it is in.</summary>
    /// <param name="path">The path on the host, for example one below <c>/var/lib/docker/overlay2</c>.</param>
    public HostOwner? FindOwner(BytePath path)
    {
        path = path.WithoutDots();
        if (FindHome(path) is not { } home || !_storeOfHome.Value.TryGetValue(home, out HostStore? store) || !store.TryGetLayerId(path, out ByteString layerId))
            return null;
        return store.Store.TryGetLayer(layerId, out _) || store.Store.References.Any(reference => reference.LayerId == layerId) ? Own(store, layerId, store.FindContainer(layerId)) : null;
    }

    /// <summary>Whose a layer or a container of an id is.</summary>
    /// <param name="id">The id, whole.</param>
    public HostOwner? FindOwner(ByteString id)
    {
        foreach (HostStore view in KnownStores)
        {
            if (view.Store.TryGetLayer(id, out _))
                return Own(view, id, view.FindContainer(id));
            if (view.Containers.FirstOrDefault(container => container.Id == id) is { } container)
                return Own(view, container.LayerId, container);
        }

        return null;
    }

    /// <summary>Whose a process is, by its container.</summary>
    /// <param name="processId">The process id, as the engine's <c>/proc</c> shows it.</param>
    public HostOwner? FindOwner(int processId) =>
        FindProcess(processId) is { ContainerId.Length: > 0 } process ? FindOwner(ByteString.FromText(process.ContainerId)) : null;

    private static HostOwner Own(HostStore view, ByteString layerId, HostContainer? container) =>
        new(view, layerId, container, [.. view.Store.References.Where(reference => reference.LayerId == layerId && !layerId.IsEmpty)]);

    /// <summary>The driver home that a path is in; of homes within one another the innermost. <see langword="null"/> for none.</summary>
    /// <param name="path">The path on the host.</param>
    public DriverHome? FindHome(BytePath path) => _byHome.Value.TryFind(path, out DriverHome? home) ? home : null;

    private OverlayLayer Resolve(HostOverlay overlay, BytePath path)
    {
        path = path.WithoutDots();
        DriverHome? home = FindHome(path);
        if (home is null || !home.TryGetLayerId(path, out ByteString layerId))
            return new OverlayLayer(overlay, path, home, default, RecordResolution.NotKnown, RecordReferenceReason.InAnotherStore);
        if (home.Cover is not null || !_storeOfHome.Value.TryGetValue(home, out HostStore? store))
            return new OverlayLayer(overlay, path, home, layerId, RecordResolution.NotKnown, home.Cover is null ? RecordReferenceReason.NotRead : RecordReferenceReason.Unreadable);
        store.TryGetLayerId(path, out layerId);
        return store.Store.TryGetLayer(layerId, out _)
            ? new OverlayLayer(overlay, path, home, layerId, RecordResolution.Resolved, RecordReferenceReason.None)
            : new OverlayLayer(overlay, path, home, layerId, RecordResolution.Dangling, RecordReferenceReason.NoSuchDirectory);
    }
}
