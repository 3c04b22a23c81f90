using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Where a <c>buildkitd</c> of its own keeps its store: it has containerd's snapshotter, content store and records built in, in a directory for its worker.</summary>
/// <remarks>Source: buildkitd.toml(5) and buildkitd's flags; the directory of a worker is named by what it runs and its snapshotter. A worker that uses a containerd keeps its layers there.</remarks>
internal static class BuildKitPlaces
{
    /// <summary>The program.</summary>
    public const string Program = "buildkitd";

    private static readonly BytePath s_configuration = BytePath.FromText("/etc/buildkit/buildkitd.toml");
    private static readonly BytePath s_root = BytePath.FromText("/var/lib/buildkit");
    private static readonly BytePath s_storeOfUser = BytePath.FromText(".local/share/buildkit");
    private static readonly BytePath s_worker = BytePath.FromText("runc-overlayfs");

    /// <summary>What a worker keeps of what runs; never a directory of containerd's tasks.</summary>
    private static readonly BytePath s_state = BytePath.FromText("executor");

    public static IEnumerable<FoundPlace> Find(EngineSearch search)
    {
        List<TomlProblem> problems = [];
        BytePath root = TomlSettings.TryRead(search.Host, s_configuration, problems)?.Text("root") is { } text && BytePath.FromText(text) is { IsAbsolute: true } named ? named : s_root;
        return
        [
            .. search.RunningProgram(Program).SelectMany(daemon => daemon.Paths("--root")).Select(running => Place(running, StorePlaceOrigin.Running)),
            Place(root, root == s_root ? StorePlaceOrigin.Usual : StorePlaceOrigin.Configured, [.. problems.Select(StoreProblem.Of)]),
            .. search.UsersWithData.Select(user => Place(user.Home.Combine(s_storeOfUser), StorePlaceOrigin.Usual).By(user)).Where(place => search.Has(place.Location.Root)),
        ];
    }

    private static FoundPlace Place(BytePath root, StorePlaceOrigin origin, params StoreProblem[] problems)
    {
        BytePath worker = root.Combine(s_worker);
        return new FoundPlace(
            new StoreLocation(LayerStoreKind.ContainerdSnapshots, worker) { DriverHome = worker.Combine(ContainerdNames.BuildKitHome), StateDirectory = worker.Combine(s_state), Problems = [.. problems] },
            origin);
    }
}
