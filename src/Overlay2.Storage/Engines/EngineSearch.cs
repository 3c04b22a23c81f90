using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>What an engine can ask when it looks for places of its stores on a host.</summary>
/// <param name="Host">The host's root directory.</param>
internal sealed record EngineSearch(RootedDirectory Host)
{
    private static readonly BytePath s_dataOfUser = BytePath.FromText(".local/share");

    /// <summary>The users who may have stores of their own.</summary>
    public IReadOnlyList<HostUser> Users => field ??= HostUsers.Find(Host);

    /// <summary>The processes of engines.</summary>
    public ImmutableArray<RunningEngine> Running { get; init; } = [];

    /// <summary>The files of the Docker Engine's configuration; <see langword="null"/> where they could not be read.</summary>
    public EngineConfigurationFiles? Configuration { get; init; }

    /// <summary>What these files say; <see langword="null"/> where they could not be read.</summary>
    public EngineConfiguration? Resolved => field ??= Configuration is { } files ? EngineConfiguration.Resolve(files) : null;

    /// <summary>Whether the process of the Docker Engine is known.</summary>
    public bool HasEngine { get; init; }

    /// <summary>The overlays that are mounted, in the order of the mount table.</summary>
    public ImmutableArray<MountedOverlay> Overlays { get; init; } = [];

    /// <summary>The processes of a program.</summary>
    public IEnumerable<RunningEngine> RunningProgram(string program)
    {
        var name = ByteString.FromText(program);
        return Running.Where(engine => engine.Name == name);
    }

    /// <summary>Whether there is something of that name on the host.</summary>
    public bool Has(BytePath path) => Host.TryGetStatus(path.Span, LinkRule.FollowInside, out _, out _);

    /// <summary>The users who have a directory for data of their programs: where that is missing, none of the stores in it needs to be looked for.</summary>
    public IReadOnlyList<HostUser> UsersWithData => field ??= [.. Users.Where(user => Has(user.Home.Combine(s_dataOfUser)))];

    /// <summary>What was found by the engines that look first: a store of another engine can be in the root directory of one. Filled as they are asked, in the order of the table.</summary>
    public List<FoundPlace> Found { get; } = [];

    /// <summary>A found place without symbolic links, as the mount table has it.</summary>
    public FoundPlace Resolve(FoundPlace place) => place with { Location = Resolve(place.Location), OutsidersHome = place.OutsidersHome.IsEmpty ? default : HostPath.Resolve(Host, place.OutsidersHome) };

    /// <summary>A place without symbolic links, as the mount table has it.</summary>
    public StoreLocation Resolve(StoreLocation location) => location with
    {
        Root = HostPath.Resolve(Host, location.Root),
        ImageStores = [.. location.ImageStores.Select(store => HostPath.Resolve(Host, store))],
        DriverHome = location.DriverHome.IsEmpty ? default : HostPath.Resolve(Host, location.DriverHome),
        StateDirectory = location.StateDirectory.IsEmpty ? default : HostPath.Resolve(Host, location.StateDirectory),
    };
}
