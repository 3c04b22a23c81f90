using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Where containers/storage keeps its stores on a host, by <c>storage.conf</c>.</summary>
/// <remarks>
/// The administrator's file stands in the place of the distribution's; drop-ins of both change single settings, in the order of their names.
/// A user without privileges has a store below his home directory. The environment is not looked at. Source: containers-storage.conf(5).
/// </remarks>
internal static class ContainersStorageConfiguration
{
    private static readonly BytePath s_distribution = BytePath.FromText("/usr/share/containers/storage.conf");
    private static readonly BytePath s_administrator = BytePath.FromText("/etc/containers/storage.conf");
    private static readonly ImmutableArray<BytePath> s_dropIns = [BytePath.FromText("/usr/share/containers/storage.conf.d"), BytePath.FromText("/etc/containers/storage.conf.d")];
    private static readonly BytePath s_ofUser = BytePath.FromText(".config/containers/storage.conf");

    /// <summary>The store of the privileged user.</summary>
    public static StoreLocation Read(RootedDirectory root)
    {
        List<TomlProblem> problems = [];
        List<TomlSettings> files = ReadFiles(root, problems);
        return Locate(Last(files, "graphroot") is { IsAbsolute: true } named ? named : ContainersNames.DefaultRoot, files, problems);
    }

    /// <summary>The store of another user.</summary>
    public static StoreLocation Read(RootedDirectory root, HostUser user)
    {
        List<TomlProblem> problems = [];
        List<TomlSettings> files = ReadFiles(root, problems);
        BytePath place = Expand(Last(files, "rootless_storage_path"), user) is { IsAbsolute: true } named ? named : user.Home.Combine(ContainersNames.StoreOfUser);
        if (TomlSettings.TryReadOfUser(root, user.Home, s_ofUser, user.Number, problems) is not { } own)
            return Locate(place, files, problems);
        files = [own];
        if (Expand(Last(files, "rootless_storage_path"), user) is { IsAbsolute: true } path)
            place = path;
        if (Expand(Last(files, "graphroot"), user) is { IsAbsolute: true } graphRoot)
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

    private static List<TomlSettings> ReadFiles(RootedDirectory root, List<TomlProblem> problems)
    {
        List<TomlSettings> files = [];
        int before = problems.Count;
        if ((TomlSettings.TryRead(root, s_administrator, problems) ?? (problems.Count == before ? TomlSettings.TryRead(root, s_distribution, problems) : null)) is { } main)
            files.Add(main);

        SortedDictionary<ByteString, BytePath> dropIns = [];
        foreach (BytePath directory in s_dropIns)
        {
            foreach (BytePath name in HostDirectory.List(root, directory))
            {
                if (name.Span.EndsWith(".conf"u8))
                    dropIns[name.Bytes] = directory.Combine(name);
            }
        }

        files.AddRange(dropIns.Values.Select(path => TomlSettings.TryRead(root, path, problems)).OfType<TomlSettings>());
        return files;
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
