using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A driver home with the mounts at and below it, and what covers it.</summary>
internal sealed partial class DriverHomeView
{
    private static readonly ByteString s_merged = ByteString.FromText("merged");
    private static readonly ByteString s_containersHome = ByteString.FromText("overlay");
    private static readonly BytePath s_snapshots = BytePath.FromText("snapshots");

    private readonly List<MountEntry> _below = [];
    private readonly Dictionary<ByteString, List<OverlayView>> _layerMounts = [];

    private DriverHomeView(LayerStoreKind kind, BytePath home, BytePath dataRoot, ILayerStore? store)
    {
        Kind = kind;
        Home = home;
        DataRoot = dataRoot;
        Store = store;
    }

    /// <summary>Whose home it is.</summary>
    public LayerStoreKind Kind { get; }

    /// <summary>The driver home, as the mount table names it.</summary>
    public BytePath Home { get; private set; }

    public BytePath DataRoot { get; private set; }

    /// <summary>The directory that holds a directory for each layer.</summary>
    public BytePath LayersDirectory => Kind == LayerStoreKind.ContainerdSnapshots ? Home.Combine(s_snapshots) : Home;

    /// <summary>Where containerd mounts the root file systems of containers, outside of the root directory; empty for other stores.</summary>
    private BytePath StateDirectory => (Store as ContainerdSnapshotStore)?.StateDirectory ?? default;

    /// <summary>What was read there; <see langword="null"/> where only mounts or the configuration tell of it.</summary>
    public ILayerStore? Store { get; }

    /// <summary>The mount that the home is in; <see langword="null"/> if the table does not show it.</summary>
    public MountEntry? Mount { get; private set; }

    /// <summary>The mounts at or below the engine's root directory.</summary>
    public IReadOnlyList<MountEntry> Below => _below;

    /// <summary>The mounts of which the table does not say whether they can be seen.</summary>
    public int UnclearCount { get; private set; }

    public ImmutableArray<CoverPile> Covers { get; private set; } = [];

    /// <summary>Why what can be seen there is not the store; empty if it is.</summary>
    public string CoveredBecause { get; set; } = "";

    public bool IsCovered => CoveredBecause.Length > 0;

    /// <summary>Whether even the engine's records are not those that belong to the mounts.</summary>
    public bool IsDataRootCovered { get; private set; }

    /// <summary>The overlays that are mounted in a layer's directory; of containerd, which mounts elsewhere, those that write to it.</summary>
    public IReadOnlyList<OverlayView> GetLayerMounts(ByteString layerId) => _layerMounts.TryGetValue(layerId, out List<OverlayView>? mounts) ? mounts : [];

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
    public bool TryGetMountedLayer(OverlayView overlay, out ByteString layerId) =>
        TryGetLayerId(Kind == LayerStoreKind.ContainerdSnapshots ? overlay.Upper : overlay.Mount.MountPoint, out layerId);

    /// <summary>The homes that stores, the configuration and the mount table tell of.</summary>
    public static ImmutableArray<DriverHomeView> FindAll(DiagnosisContext context)
    {
        var views = new List<DriverHomeView>();
        if (context.Snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> stores))
            views.AddRange(stores.Select(store => new DriverHomeView(store.Kind, store.DriverHome, store.DataRoot, store)));
        if (context.Configuration is { } configuration)
            Add(new BytePath(configuration.DataRoot.Value));
        if (context.Snapshot.Engine.TryGet(out EngineInfo? engine))
            Add(engine.DataRoot);

        if (context.Mounts is { } mounts)
        {
            foreach ((BytePath home, LayerStoreKind kind) in FindHomes(mounts))
                AddSeen(views, home, kind, mounts);
            foreach (DriverHomeView view in views)
                view.Look(mounts);
        }

        return [.. views];

        void Add(BytePath dataRoot)
        {
            if (dataRoot.IsAbsolute && !views.Exists(view => view.Kind == LayerStoreKind.DockerClassic && MountView.IsSamePlace(view.DataRoot, dataRoot)))
                views.Add(new DriverHomeView(LayerStoreKind.DockerClassic, dataRoot.Combine(DockerNames.DriverHome), dataRoot, store: null));
        }
    }

    /// <summary>The directories in which overlays are mounted as engines do: on <c>HOME/LAYER/merged</c>.</summary>
    private static Dictionary<BytePath, LayerStoreKind> FindHomes(MountView mounts)
    {
        Dictionary<BytePath, LayerStoreKind> homes = [];
        foreach (OverlayView overlay in mounts.Overlays)
        {
            BytePath point = overlay.Mount.MountPoint;
            if (point.FileName == s_merged && point.TryGetParent(out BytePath layer) && OverlayDriverNames.IsLayerId(layer.FileName.Span)
                && layer.TryGetParent(out BytePath home) && home.FileName.Span.StartsWith("overlay"u8))
            {
                homes.TryAdd(home, home.FileName == s_containersHome ? LayerStoreKind.ContainersStorage : LayerStoreKind.DockerClassic);
            }
        }

        return homes;
    }

    private static void AddSeen(List<DriverHomeView> views, BytePath home, LayerStoreKind kind, MountView mounts)
    {
        if (views.Exists(view => MountView.IsSamePlace(view.Home, home)) || !home.TryGetParent(out BytePath dataRoot))
            return;

        // Where the engine's root directory is a symbolic link, the mounts name the place it leads to.
        DriverHomeView? linked = views.Find(view => view.Kind == kind && view.Store is { } store && mounts.Overlays.Any(overlay =>
            overlay.Mount.MountPoint.StartsWith(home) && overlay.Mount.MountPoint.TryGetParent(out BytePath layer) && store.TryGetLayer(layer.FileName, out _)));
        if (linked is null)
        {
            views.Add(new DriverHomeView(kind, home, dataRoot, store: null));
            return;
        }

        linked.Home = home;
        linked.DataRoot = dataRoot;
    }
}
