using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>A driver home with the mounts at and below it, and what covers it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed partial class DriverHome
{
    private readonly List<MountEntry> _below = [];
    private readonly Dictionary<ByteString, List<HostOverlay>> _layerMounts = [];

    internal DriverHome(StorageEngine engine, BytePath home, BytePath dataRoot, ILayerStore? store, HostMounts? mounts, ImmutableArray<ConfiguredMount> configured, ImmutableArray<SnapshotOpenFile> open)
    {
        Engine = engine;
        Home = home;
        DataRoot = dataRoot;
        Store = store;
        if (mounts is not null && home.IsAbsolute && dataRoot.IsAbsolute)
            Look(mounts, open);
        Cover ??= home.IsAbsolute ? FindLoss(mounts, configured) : null;
    }

    /// <summary>Whose home it is.</summary>
    public StorageEngine Engine { get; }

    /// <summary>The driver home, as the mount table names it.</summary>
    public BytePath Home { get; }

    /// <summary>The engine's root directory, as the mount table names it.</summary>
    public BytePath DataRoot { get; }

    /// <summary>The directory that holds a directory for each layer.</summary>
    public BytePath LayersDirectory => Engine.LayersDirectoryOf(Home);

    /// <summary>What was read there; <see langword="null"/> where only mounts or the configuration tell of it.</summary>
    public ILayerStore? Store { get; }

    /// <summary>The mount that the home is in; <see langword="null"/> if the table does not show it.</summary>
    public MountEntry? Mount { get; private set; }

    /// <summary>The mounts at or below the engine's root directory.</summary>
    public IReadOnlyList<MountEntry> Below => _below.AsReadOnly();

    /// <summary>The mounts of which the table does not say whether they can be seen.</summary>
    public int UnclearCount { get; private set; }

    /// <summary>The mounts that hide others below the root directory, place by place.</summary>
    public ImmutableArray<CoverPile> Covers { get; private set; } = [];

    /// <summary>Why what can be seen there is not the store; <see langword="null"/> if it is.</summary>
    public HomeCover? Cover { get; private set; }

    /// <summary>Whether even the engine's records are not those that belong to the mounts.</summary>
    public bool IsDataRootCovered { get; private set; }

    /// <summary>The overlays that are mounted in a layer's directory; of containerd, which mounts elsewhere, those that write to it.</summary>
    public IReadOnlyList<HostOverlay> GetLayerMounts(ByteString layerId) => _layerMounts.TryGetValue(layerId, out List<HostOverlay>? mounts) ? mounts.AsReadOnly() : [];

    /// <summary>The layers that have <see cref="GetLayerMounts"/>.</summary>
    public IEnumerable<ByteString> MountedLayers => _layerMounts.Keys;

    /// <summary>The layer in whose directory a path is.</summary>
    public bool TryGetLayerId(BytePath path, out ByteString layerId)
    {
        layerId = default;
        BytePath layers = LayersDirectory;
        if (!path.StartsWith(layers))
            return false;
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in layers.GetComponents())
            components.MoveNext();
        bool isBelow = components.MoveNext();
        if (isBelow)
            layerId = new ByteString(components.Current);
        return isBelow;
    }

    /// <summary>The layer that an overlay is the mount of; see <see cref="GetLayerMounts"/>.</summary>
    public bool TryGetMountedLayer(HostOverlay overlay, out ByteString layerId) =>
        TryGetLayerId(Engine.LayerPathOf(overlay.Mount.MountPoint, overlay.Upper), out layerId);
}
