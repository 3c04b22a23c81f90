using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Snapshots;

// Stores of containers/storage: one for the host, and one for each user who has one.
internal sealed partial class StoreFinder
{
    private const int MaxAccountsLength = 1 << 20;
    private const int MostUsers = 1024;

    private static readonly BytePath s_accounts = BytePath.FromText("/etc/passwd");
    private static readonly BytePath s_homes = BytePath.FromText("/home");

    private void FindContainersStorage(ImmutableArray<RunningEngine> running)
    {
        AddWithImageStores(ContainersStorageConfiguration.Read(root));
        foreach (ContainersUser user in Users())
            AddWithImageStores(ContainersStorageConfiguration.Read(root, user));
        foreach (RunningEngine engine in running)
        {
            // A container's monitor has the arguments of the podman that it calls when the container ends.
            if (engine.Name.Span.SequenceEqual("conmon"u8))
                AddAll(LayerStoreKind.ContainersStorage, new RunningEngine(engine.Name, [.. engine.Values("--exit-command-arg")]).Values("--root"));
            else if (!engine.Name.Span.SequenceEqual("dockerd"u8) && !engine.Name.Span.SequenceEqual("containerd"u8))
                AddAll(LayerStoreKind.ContainersStorage, engine.Values("--root"));
        }
    }

    private void AddWithImageStores(StoreLocation location)
    {
        Add(location, isExpected: false);
        foreach (BytePath images in location.ImageStores)
            Add(LayerStoreKind.ContainersStorage, images, isExpected: false);
    }

    /// <summary>The users of the host's list of accounts, and those who have a directory below <c>/home</c>.</summary>
    private List<ContainersUser> Users()
    {
        List<ContainersUser> users = [];
        HashSet<BytePath> homes = [];
        if (BoundedFile.TryRead(root, s_accounts.Span, MaxAccountsLength, out byte[] accounts, out _))
        {
            foreach (Range line in accounts.AsSpan().Split((byte)'\n'))
            {
                string[] fields = Encoding.UTF8.GetString(accounts.AsSpan()[line]).Split(':');
                if (fields.Length >= 6 && BytePath.FromText(fields[5]) is { IsAbsolute: true } home && users.Count < MostUsers && homes.Add(home))
                    users.Add(new ContainersUser(fields[0], fields[2], home));
            }
        }

        foreach (BytePath name in HostDirectory.List(root, s_homes))
        {
            if (homes.Add(s_homes.Combine(name)))
                users.Add(new ContainersUser(name.ToString(), "", s_homes.Combine(name)));
        }

        return users;
    }
}
