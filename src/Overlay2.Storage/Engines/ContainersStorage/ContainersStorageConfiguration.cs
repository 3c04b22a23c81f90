using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Where containers/storage keeps its stores on a host, by <c>storage.conf</c>.</summary>
/// <remarks>
/// The administrator's file stands in the place of the distribution's; drop-ins of both change single settings, in the order of their names, where the administrator's
/// stands in the place of the distribution's of the same name. From containers/storage 1.63 on there are further drop-ins for root's engines
/// (<c>storage.rootful.conf.d</c>), for those of all users (<c>storage.rootless.conf.d</c>), of one (a directory in it with his number), and a user's own. A user
/// without privileges has a store below his home directory. The environment is not looked at. Sources: containers-storage.conf(5), containers-config(5).
/// </remarks>
internal sealed class ContainersStorageConfiguration
{
    private static readonly BytePath s_distribution = BytePath.FromText("/usr/share/containers");
    private static readonly BytePath s_administrator = BytePath.FromText("/etc/containers");
    private static readonly BytePath s_main = BytePath.FromText("storage.conf");
    private static readonly BytePath s_dropIns = BytePath.FromText("storage.conf.d");
    private static readonly BytePath s_rootful = BytePath.FromText("storage.rootful.conf.d");
    private static readonly BytePath s_rootless = BytePath.FromText("storage.rootless.conf.d");
    private static readonly BytePath s_ofUser = BytePath.FromText(".config/containers/storage.conf");
    private static readonly BytePath s_dropInsOfUser = BytePath.FromText(".config/containers/storage.conf.d");

    /// <summary>More of them are no configuration: who has them would have others read for him.</summary>
    private const int MostDropInsOfUser = 64;

    private readonly RootedDirectory _host;
    private readonly List<TomlProblem> _problems = [];
    private readonly TomlSettings? _mainFile;
    private readonly List<(BytePath Path, TomlSettings Settings)> _common;
    private readonly List<(BytePath Path, TomlSettings Settings)> _ofUsers;
    private readonly ILookup<ByteString, BytePath> _ofOne;

    /// <summary>Reads what counts for everybody, once for all users.</summary>
    public ContainersStorageConfiguration(RootedDirectory host)
    {
        _host = host;
        _mainFile = TomlSettings.TryRead(host, s_administrator.Combine(s_main), _problems);
        if (_mainFile is null && _problems.Count == 0)
            _mainFile = TomlSettings.TryRead(host, s_distribution.Combine(s_main), _problems);
        _common = ReadAll([s_distribution.Combine(s_dropIns), s_administrator.Combine(s_dropIns)], _problems);
        BytePath[] ofUsers = [s_distribution.Combine(s_rootless), s_administrator.Combine(s_rootless)];
        _ofUsers = ReadAll(ofUsers, _problems);
        _ofOne = ofUsers.SelectMany(directory => HostDirectory.List(host, directory).Select(name => (Name: name.Bytes, Path: directory.Combine(name))))
            .Where(entry => !entry.Name.Span.ContainsAnyExceptInRange((byte)'0', (byte)'9')).ToLookup(entry => entry.Name, entry => entry.Path);
    }

    /// <summary>The store of the privileged user.</summary>
    public StoreLocation OfRoot()
    {
        List<TomlProblem> problems = [.. _problems];
        List<TomlSettings> files = Order(_mainFile, [.. _common, .. ReadAll([s_distribution.Combine(s_rootful), s_administrator.Combine(s_rootful)], problems)]);
        return Locate(Last(files, "graphroot") is { IsAbsolute: true } named ? named : ContainersNames.DefaultRoot, files, problems);
    }

    /// <summary>The store of another user.</summary>
    public StoreLocation Of(HostUser user)
    {
        List<TomlProblem> problems = [.. _problems];
        List<(BytePath Path, TomlSettings Settings)> dropIns = [.. _ofUsers, .. ReadAll(_ofOne[ByteString.FromText(user.UserId)], problems)];
        List<TomlSettings> files = Order(_mainFile, [.. _common, .. dropIns]);
        BytePath place = Expand(Last(files, "rootless_storage_path"), user) is { IsAbsolute: true } named ? named : user.Home.Combine(ContainersNames.StoreOfUser);

        // The graphroot of files that count for root too is root's.
        List<TomlProblem> ofUser = [];
        TomlSettings? own = TomlSettings.TryReadOfUser(_host, user.Home, s_ofUser, user.Number, ofUser);
        foreach (BytePath name in HostDirectory.List(_host, user.Home.Combine(s_dropInsOfUser)).Where(name => name.Span.EndsWith(".conf"u8)).Order().Take(MostDropInsOfUser))
        {
            if (TomlSettings.TryReadOfUser(_host, user.Home, s_dropInsOfUser.Combine(name), user.Number, ofUser) is { } dropIn)
                dropIns.Add((name, dropIn));
        }

        problems.AddRange(ofUser);
        if (own is null && dropIns.Count == 0)
            return Locate(place, files, problems);
        List<TomlSettings> ownFiles = Order(own, dropIns);
        if (own is not null)
            files = ownFiles;
        else
            files = [.. files, .. ownFiles];
        if (Expand(Last(ownFiles, "rootless_storage_path"), user) is { IsAbsolute: true } path)
            place = path;
        if (Expand(Last(ownFiles, "graphroot"), user) is { IsAbsolute: true } graphRoot)
            place = graphRoot;
        return Locate(place, files, problems);
    }

    private static StoreLocation Locate(BytePath place, List<TomlSettings> files, List<TomlProblem> problems)
    {
        IReadOnlyList<string>? stores = files.Select(file => file.Texts("storage", "options", "additionalimagestores")).LastOrDefault(texts => texts is not null);
        IEnumerable<BytePath> others = (stores ?? []).Select(BytePath.FromText);
        if (Last(files, "imagestore") is { IsEmpty: false } images)
            others = others.Append(images);
        return new StoreLocation(LayerStoreKind.ContainersStorage, place) { ImageStores = [.. others.Where(store => store.IsAbsolute).Distinct()], Problems = [.. problems.Select(StoreProblem.Of)] };
    }

    /// <summary>The main file, and the drop-ins in the order of their names; of those with one name the last counts.</summary>
    private static List<TomlSettings> Order(TomlSettings? main, IEnumerable<(BytePath Path, TomlSettings Settings)> dropIns)
    {
        SortedDictionary<ByteString, TomlSettings> named = [];
        foreach ((BytePath path, TomlSettings settings) in dropIns)
            named[path.FileName] = settings;
        return main is null ? [.. named.Values] : [main, .. named.Values];
    }

    /// <summary>The drop-ins of directories: of those with one name only the last is read.</summary>
    private List<(BytePath Path, TomlSettings Settings)> ReadAll(IEnumerable<BytePath> directories, List<TomlProblem> problems)
    {
        SortedDictionary<ByteString, BytePath> paths = [];
        foreach (BytePath directory in directories)
        {
            foreach (BytePath name in HostDirectory.List(_host, directory, ".conf"u8))
                paths[name.Bytes] = directory.Combine(name);
        }

        List<(BytePath Path, TomlSettings Settings)> read = [];
        foreach (BytePath path in paths.Values)
        {
            if (TomlSettings.TryRead(_host, path, problems) is { } settings)
                read.Add((path, settings));
        }

        return read;
    }

    private static BytePath Last(List<TomlSettings> files, string key) =>
        files.Select(file => file.Text("storage", key)).LastOrDefault(text => text is not null) is { Length: > 0 } value ? BytePath.FromText(value) : default;

    private static BytePath Expand(BytePath path, HostUser user) => path.IsEmpty
        ? default
        : BytePath.FromText(path.ToString()
            .Replace("$HOME", user.Home.ToString(), StringComparison.Ordinal)
            .Replace("$USER", user.Name, StringComparison.Ordinal)
            .Replace("$UID", user.UserId, StringComparison.Ordinal));
}
