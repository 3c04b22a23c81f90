using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>What an engine can ask when it looks for places of its stores on a host.</summary>
/// <param name="Host">The host's root directory.</param>
internal sealed record EngineSearch(RootedDirectory Host)
{
    /// <summary>The users who may have stores of their own.</summary>
    public IReadOnlyList<HostUser> Users => field ??= HostUsers.Find(Host);

    /// <summary>The processes of engines.</summary>
    public ImmutableArray<RunningEngine> Running { get; init; } = [];

    /// <summary>The files of the Docker Engine's configuration; <see langword="null"/> where they could not be read.</summary>
    public EngineConfigurationFiles? Configuration { get; init; }

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

    /// <summary>A place without symbolic links, as the mount table has it.</summary>
    public StoreLocation Resolve(StoreLocation location) => location with
    {
        Root = HostPath.Resolve(Host, location.Root),
        ImageStores = [.. location.ImageStores.Select(store => HostPath.Resolve(Host, store))],
        DriverHome = location.DriverHome.IsEmpty ? default : HostPath.Resolve(Host, location.DriverHome),
        StateDirectory = location.StateDirectory.IsEmpty ? default : HostPath.Resolve(Host, location.StateDirectory),
    };
}
