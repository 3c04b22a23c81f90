using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Configuration;

/// <summary>What decides, beside the configuration, whether an engine starts and with which driver. What is not known stays unset.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record EngineHost
{
    /// <summary>The engine's major version, such as 20 or 29.</summary>
    public int? MajorVersion { get; init; }

    /// <summary>The type of the file system below the data root, as mountinfo names it; empty if not known.</summary>
    public ByteString BackingFileSystem { get; init; }

    /// <summary>Whether that file system reports the type of directory entries (ext4 with <c>filetype</c>, XFS with <c>ftype=1</c>).</summary>
    public bool? ReportsEntryTypes { get; init; }

    /// <summary>Whether that file system has project quotas switched on.</summary>
    public bool? HasProjectQuota { get; init; }

    /// <summary>The drivers whose directory below the data root holds something, such as <c>overlay2</c>.</summary>
    public ImmutableArray<string> PriorDrivers { get; init; } = [];

    /// <summary>Looks which drivers left something below an engine's root directory.</summary>
    /// <param name="root">The host's root directory: <c>/</c>, or where it is mounted, such as <c>/host</c>. Links stay below it.</param>
    /// <param name="engineRoot">The engine's root directory on the host, <see cref="EngineConfiguration.EngineRoot"/>.</param>
    /// <returns>The drivers, for <see cref="PriorDrivers"/>; none where there is no such directory.</returns>
    /// <exception cref="ConfigurationFileException">The host's root directory cannot be opened.</exception>
    public static ImmutableArray<string> FindPriorDrivers(BytePath root, BytePath engineRoot)
    {
        using RootedDirectory host = HostDirectory.OpenRoot(root);
        return [.. StorageDriverRules.All.Where(driver => HostDirectory.List(host, engineRoot.Combine(BytePath.FromText(driver))).Count > 0)];
    }

    /// <summary>For a driver, whether kernel and programs that it needs are there, such as <c>overlay2</c> and the file system <c>overlay</c>.</summary>
    public ImmutableDictionary<string, bool> Carries { get; init; } = ImmutableDictionary<string, bool>.Empty;
}
