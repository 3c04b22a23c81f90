using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A store with the layout of the overlay2 driver: also which short names are used.</summary>
internal sealed class DriverStoreView : StoreView
{
    private readonly Lazy<StoreUse> _use;

    public DriverStoreView(OverlayDriverStore store, DriverHomeView home, ImmutableArray<ContainerView> containers)
        : base(store, home, containers)
    {
        Store = store;
        _use = new Lazy<StoreUse>(() => new StoreUse(store, IsBeingRemoved));
    }

    public override OverlayDriverStore Store { get; }

    public override IReadOnlyList<OverlayDriverLayer> Unreferenced => _use.Value.Unreferenced;

    public override IReadOnlyList<OverlayDriverLayer> Needed => _use.Value.Needed;

    /// <summary>The short names that the <c>link</c> and <c>lower</c> files of needed layers use, each with one such file.</summary>
    public IReadOnlyDictionary<ByteString, NameUse> UsedNames => _use.Value.UsedNames;

    /// <summary>Whether a short name is in a <c>link</c> or <c>lower</c> file of any layer.</summary>
    public bool IsNamed(ByteString shortName) => UsedNames.ContainsKey(shortName) || _use.Value.OtherNames.Contains(shortName);

    /// <summary>Whether a short name may be one of a store below this one, whose layers this one's are on.</summary>
    public bool MayBeElsewhere(ByteString shortName, IEnumerable<DriverStoreView> all)
    {
        if (Store is not ContainersStorageStore { ImageStores.Count: > 0 } containers)
            return false;
        DriverStoreView[] below = [.. all.Where(view => containers.ImageStores.Any(store => MountView.IsSamePlace(store, view.Store.DataRoot)))];
        return below.Length < containers.ImageStores.Count || below.Any(view => view.Store.TryGetShortLink(shortName, out _));
    }

    public BytePath LinkPath(ByteString shortName) => Store.DriverHome.Combine(OverlayDriverNames.Links).Combine(new BytePath(shortName));
}
