using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Where stores of containers/storage are: one for the host, and one for each user who has one.</summary>
internal static class ContainersPlaces
{
    private const string Monitor = "conmon";

    private const int MaxLength = 1 << 20;

    private static readonly BytePath s_configurationOfISulad = BytePath.FromText("/etc/isulad/daemon.json");
    private static readonly BytePath s_dataOfISulad = BytePath.FromText("/var/lib/isulad");
    private static readonly BytePath s_storeOfISulad = BytePath.FromText("storage");

    /// <summary>The programs of engines, and the monitor of each container.</summary>
    public static ImmutableArray<string> Programs { get; } = ["podman", Monitor, "crio", "buildah"];

    public static IEnumerable<FoundPlace> Find(EngineSearch search)
    {
        var configuration = new ContainersStorageConfiguration(search.Host);
        return
        [
            .. WithImageStores(configuration.OfRoot(), ContainersNames.DefaultRoot),
            .. search.Users.SelectMany(user => WithImageStores(configuration.Of(user), user.Home.Combine(ContainersNames.StoreOfUser)).Select(place => place.By(user))),
            OfISulad(search),
            .. search.Running.Where(engine => Programs.Contains(engine.Name.ToString(), StringComparer.Ordinal)).SelectMany(RootsOf).Select(root => Place(root, StorePlaceOrigin.Running)),
            .. OverlayDriverNames.RootsOf(search.Overlays, ContainersNames.DriverHome).Select(root => Place(root, StorePlaceOrigin.Mounted) with { IsExpected = true }),
        ];
    }

    /// <summary>The store of openEuler's engine, which has containers/storage's layout for layers and, in its later versions, a record for each thing in a file of its own.</summary>
    /// <remarks>Source: the documentation of iSulad; nothing of it was run.</remarks>
    private static FoundPlace OfISulad(EngineSearch search)
    {
        BoundedFile.TryRead(search.Host, s_configurationOfISulad.Span, MaxLength, out byte[] content, out _);
        BytePath data = DaemonJson.Read(s_configurationOfISulad, content).Directives.GetValueOrDefault("graph") is { } setting && new BytePath(setting.Value) is { IsAbsolute: true } named ? named : s_dataOfISulad;
        BytePath root = data.Combine(s_storeOfISulad);
        FoundPlace place = Place(root, data == s_dataOfISulad ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured);
        if (!search.Has(root.Combine(ContainersNames.DriverHome)) || ContainersNames.Records.Any(record => search.Has(root.Combine(record))))
            return place;
        return place with
        {
            Location = place.Location with
            {
                Problems = [.. ContainersNames.Records.Select(record => new StoreProblem(root.Combine(record), StoreOperation.Read, StoreProblemReason.NotRecorded, "iSulad keeps these records one in a file, which are not read"))],
            },
        };
    }

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
