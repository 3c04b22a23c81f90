using System.Collections.Concurrent;
using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Hosts;

/// <summary>A mount table with its overlays read, and an index by device.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class HostMounts
{
    private readonly HashSet<(int Major, int Minor)> _devices = [];
    private readonly Lazy<PathIndex<MountEntry>> _byPoint;
    private readonly ConcurrentDictionary<StorageEngine, PathIndex<HostOverlay>> _byLayerPath = new();

    internal HostMounts(MountTable table)
    {
        Table = table;
        var overlays = ImmutableArray.CreateBuilder<HostOverlay>();
        foreach (MountEntry mount in table.Entries)
        {
            _devices.Add((mount.Major, mount.Minor));
            if (mount.IsOverlay)
                overlays.Add(new HostOverlay(mount));
        }

        Overlays = overlays.ToImmutable();
        _byPoint = new Lazy<PathIndex<MountEntry>>(() => new PathIndex<MountEntry>(table.Entries, mount => mount.MountPoint));
    }

    /// <summary>The table.</summary>
    public MountTable Table { get; }

    /// <summary>Its overlays, in the order of the table.</summary>
    public ImmutableArray<HostOverlay> Overlays { get; }

    /// <summary>The mounts at or below some directories, in the order of the table.</summary>
    internal IEnumerable<MountEntry> Below(params IEnumerable<BytePath> directories) => _byPoint.Value.Below(directories);

    /// <summary>The overlays that an engine knows as those of layers in a directory, in the order of the table; see <see cref="StorageEngine.LayerPathOf"/>.</summary>
    internal IEnumerable<HostOverlay> OfLayersIn(StorageEngine engine, BytePath directory) =>
        _byLayerPath.GetOrAdd(engine, key => new PathIndex<HostOverlay>(Overlays, overlay => key.LayerPathOf(overlay.Mount.MountPoint, overlay.Upper))).Below(directory);

    /// <summary>Whether a file system is mounted anywhere here.</summary>
    /// <param name="mount">A mount of it, perhaps in another namespace.</param>
    public bool HasDevice(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        return _devices.Contains((mount.Major, mount.Minor));
    }

    /// <summary>Whether a mount shows the very directory that it is mounted on: a bind of it on itself.</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="below">What it is mounted on.</param>
    public static bool IsSelfBind(MountEntry mount, MountEntry below)
    {
        ArgumentNullException.ThrowIfNull(mount);
        ArgumentNullException.ThrowIfNull(below);
        return mount.Major == below.Major && mount.Minor == below.Minor && mount.GetRootPath().IsSamePlace(PathInFileSystem(below, mount.MountPoint));
    }

    /// <summary>Where in its file system a path at or below a mount point is.</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="path">The path on the host.</param>
    public static BytePath PathInFileSystem(MountEntry mount, BytePath path)
    {
        ArgumentNullException.ThrowIfNull(mount);
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in mount.MountPoint.GetComponents())
            components.MoveNext();
        ReadOnlySpan<byte> rest = path.Span[components.Through.Length..].TrimStart((byte)'/');
        return mount.GetRootPath().Combine(new BytePath(rest));
    }
}
