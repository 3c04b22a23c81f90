using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Hosts;

/// <summary>A store with the layout of the overlay2 driver: also which short names are used.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class HostDriverStore : HostStore
{
    private readonly Lazy<StoreUse> _use;

    internal HostDriverStore(OverlayDriverStore store, DriverHome home, ImmutableArray<HostContainer> containers)
        : base(store, home, containers)
    {
        Store = store;
        _use = new Lazy<StoreUse>(() => new StoreUse(store, IsBeingRemoved));
    }

    /// <inheritdoc/>
    public override OverlayDriverStore Store { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<OverlayDriverLayer> Unreferenced => _use.Value.Unreferenced;

    /// <inheritdoc/>
    public override IReadOnlyList<OverlayDriverLayer> Needed => _use.Value.Needed;

    /// <summary>The short names that the <c>link</c> and <c>lower</c> files of needed layers use, each with one such file.</summary>
    public IReadOnlyDictionary<ByteString, NameUse> UsedNames => _use.Value.UsedNames;

    /// <inheritdoc/>
    public override bool TryGetLayerId(BytePath path, out ByteString layerId)
    {
        if (!base.TryGetLayerId(path, out layerId) || layerId != OverlayDriverNames.Links.Bytes)
            return !layerId.IsEmpty;
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in Home.LayersDirectory.Combine(OverlayDriverNames.Links).GetComponents())
            components.MoveNext();
        if (components.MoveNext() && Store.TryGetShortLink(new ByteString(components.Current), out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString linked))
            layerId = linked;
        return true;
    }

    /// <summary>Whether a short name is in a <c>link</c> or <c>lower</c> file of any layer.</summary>
    /// <param name="shortName">The name.</param>
    public bool IsNamed(ByteString shortName) => UsedNames.ContainsKey(shortName) || _use.Value.OtherNames.Contains(shortName);

    /// <summary>Whether a short name may be one of a store below this one, whose layers this one's are on.</summary>
    /// <param name="shortName">The name.</param>
    /// <param name="all">All stores that can be seen.</param>
    public bool MayBeElsewhere(ByteString shortName, IEnumerable<HostDriverStore> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        IReadOnlyList<BytePath> places = ((ILayerStore)Store).StoresBelow;
        if (places.Count == 0)
            return false;
        HostDriverStore[] below = [.. all.Where(view => places.Any(store => store.IsSamePlace(view.Store.DataRoot)))];
        return below.Length < places.Count || below.Any(view => view.Store.TryGetShortLink(shortName, out _));
    }

    /// <summary>Where the short link of a name is, or would be.</summary>
    /// <param name="shortName">The name.</param>
    public BytePath LinkPath(ByteString shortName) => Store.DriverHome.Combine(OverlayDriverNames.Links).Combine(new BytePath(shortName));
}
