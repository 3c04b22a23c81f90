using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Where stores of containers/storage are: one for the host, and one for each user who has one.</summary>
internal static class ContainersPlaces
{
    private const string Monitor = "conmon";

    /// <summary>The programs of engines, and the monitor of each container.</summary>
    public static ImmutableArray<string> Programs { get; } = ["podman", Monitor, "crio", "buildah"];

    public static IEnumerable<FoundPlace> Find(EngineSearch search) =>
    [
        .. WithImageStores(ContainersStorageConfiguration.Read(search.Host), ContainersNames.DefaultRoot),
        .. search.Users.SelectMany(user => WithImageStores(ContainersStorageConfiguration.Read(search.Host, user), user.Home.Combine(ContainersNames.StoreOfUser)).Select(place => place with { Outsider = user.Outsider })),
        .. search.Running.Where(engine => Programs.Contains(engine.Name.ToString(), StringComparer.Ordinal)).SelectMany(RootsOf).Select(root => Place(root, StorePlaceOrigin.Running)),
        .. OverlayDriverNames.RootsOf(search.Overlays, ContainersNames.DriverHome).Select(root => Place(root, StorePlaceOrigin.Mounted) with { IsExpected = true }),
    ];

    private static IEnumerable<FoundPlace> WithImageStores(StoreLocation location, BytePath usual)
    {
        yield return new FoundPlace(location, location.Root == usual ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured);
        foreach (BytePath images in location.ImageStores)
            yield return Place(images, StorePlaceOrigin.Configured);
    }

    /// <summary>A container's monitor has the arguments of the podman that it calls when the container ends.</summary>
    private static IEnumerable<BytePath> RootsOf(RunningEngine engine) =>
        (engine.Name == ByteString.FromText(Monitor) ? engine with { Arguments = [.. engine.Values("--exit-command-arg")] } : engine).Paths("--root");

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin) => new(new StoreLocation(LayerStoreKind.ContainersStorage, root), origin);
}
