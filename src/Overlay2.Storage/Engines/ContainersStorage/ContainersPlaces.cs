using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Where stores of containers/storage are: one for the host, and one for each user who has one.</summary>
internal static class ContainersPlaces
{
    private const int MaxAccountsLength = 1 << 20;
    private const int MostUsers = 1024;
    private const string Monitor = "conmon";

    private static readonly BytePath s_accounts = BytePath.FromText("/etc/passwd");
    private static readonly BytePath s_homes = BytePath.FromText("/home");

    /// <summary>The programs of engines, and the monitor of each container.</summary>
    public static ImmutableArray<string> Programs { get; } = ["podman", Monitor, "crio", "buildah"];

    public static IEnumerable<FoundPlace> Find(EngineSearch search) =>
    [
        .. WithImageStores(ContainersStorageConfiguration.Read(search.Host), ContainersNames.DefaultRoot),
        .. Users(search.Host).SelectMany(user => WithImageStores(ContainersStorageConfiguration.Read(search.Host, user), user.Home.Combine(ContainersNames.StoreOfUser))),
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

    /// <summary>The users of the host's list of accounts, and those who have a directory below <c>/home</c>.</summary>
    private static List<ContainersUser> Users(RootedDirectory host)
    {
        List<ContainersUser> users = [];
        HashSet<BytePath> homes = [];
        if (BoundedFile.TryRead(host, s_accounts.Span, MaxAccountsLength, out byte[] accounts, out _))
        {
            foreach (Range line in accounts.AsSpan().Split((byte)'\n'))
            {
                string[] fields = Encoding.UTF8.GetString(accounts.AsSpan()[line]).Split(':');
                if (fields.Length >= 6 && BytePath.FromText(fields[5]) is { IsAbsolute: true } home && users.Count < MostUsers && homes.Add(home))
                    users.Add(new ContainersUser(fields[0], fields[2], home));
            }
        }

        foreach (BytePath name in HostDirectory.List(host, s_homes))
        {
            if (homes.Add(s_homes.Combine(name)))
                users.Add(new ContainersUser(name.ToString(), "", s_homes.Combine(name)));
        }

        return users;
    }
}
