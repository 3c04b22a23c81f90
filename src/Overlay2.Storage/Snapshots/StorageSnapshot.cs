using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>What a host's container storage looks like at one moment: everything a diagnosis looks at, as data.</summary>
/// <remarks>
/// Immutable and thread-safe. Each part is known or not, independently of the others; a new snapshot knows nothing. Paths are the host's
/// own, whatever directory its root was read from.
/// </remarks>
public sealed partial record StorageSnapshot
{
    /// <summary>When it was taken.</summary>
    public SnapshotPart<DateTimeOffset> Time { get; init; } = SnapshotPart.NotTaken<DateTimeOffset>();

    /// <summary>The host's id (machine-id(5)).</summary>
    public SnapshotPart<string> HostId { get; init; } = SnapshotPart.NotTaken<string>();

    /// <summary>The id of the running boot (<c>/proc/sys/kernel/random/boot_id</c>).</summary>
    public SnapshotPart<string> BootId { get; init; } = SnapshotPart.NotTaken<string>();

    /// <summary>When the host was booted, to the second, by its clock (<c>btime</c> of <c>/proc/stat</c>, proc_stat(5)).</summary>
    /// <remarks>Computed by the kernel from the clock and the time that the host is up: where the clock was set, it is another.</remarks>
    public SnapshotPart<DateTimeOffset> BootTime { get; init; } = SnapshotPart.NotTaken<DateTimeOffset>();

    /// <summary>The mounts that the engine sees, in its own mount namespace.</summary>
    public SnapshotPart<MountTable> Mounts { get; init; } = SnapshotPart.NotTaken<MountTable>();

    /// <summary>The other mount namespaces of the host, in the order of their ids.</summary>
    public SnapshotPart<ImmutableArray<SnapshotNamespace>> OtherNamespaces { get; init; } = SnapshotPart.NotTaken<ImmutableArray<SnapshotNamespace>>();

    /// <summary>The mounts that the host's configuration asks for.</summary>
    public SnapshotPart<ImmutableArray<ConfiguredMount>> ConfiguredMounts { get; init; } = SnapshotPart.NotTaken<ImmutableArray<ConfiguredMount>>();

    /// <summary>The kernel.</summary>
    public SnapshotPart<KernelProfile> Kernel { get; init; } = SnapshotPart.NotTaken<KernelProfile>();

    /// <summary>The most mounts that a namespace may have (<c>fs.mount-max</c>).</summary>
    public SnapshotPart<int> MountLimit { get; init; } = SnapshotPart.NotTaken<int>();

    /// <summary>The stores of engines. What of a store could not be read is in its <see cref="ILayerStore.Problems"/>.</summary>
    public SnapshotPart<ImmutableArray<ILayerStore>> Stores { get; init; } = SnapshotPart.NotTaken<ImmutableArray<ILayerStore>>();

    /// <summary>Every place where a store was looked for, in the order of the looks: what no place of this list has, nobody looked for.</summary>
    public SnapshotPart<ImmutableArray<SearchedStorePlace>> StorePlaces { get; init; } = SnapshotPart.NotTaken<ImmutableArray<SearchedStorePlace>>();

    /// <summary>The directories of storage drivers and of containerd's snapshotters that hold something, such as <c>/var/lib/docker/overlay2</c>.</summary>
    public SnapshotPart<ImmutableArray<BytePath>> DriverHomes { get; init; } = SnapshotPart.NotTaken<ImmutableArray<BytePath>>();

    /// <summary>What looks through writable layers found.</summary>
    public SnapshotPart<ImmutableArray<UpperScan>> Uppers { get; init; } = SnapshotPart.NotTaken<ImmutableArray<UpperScan>>();

    /// <summary>The files that the engine's configuration is read from.</summary>
    public SnapshotPart<EngineConfigurationFiles> Configuration { get; init; } = SnapshotPart.NotTaken<EngineConfigurationFiles>();

    /// <summary>What the running engine says of itself.</summary>
    public SnapshotPart<EngineInfo> Engine { get; init; } = SnapshotPart.NotTaken<EngineInfo>();

    /// <summary>How much room there is on the file systems of data roots.</summary>
    public SnapshotPart<ImmutableArray<SnapshotFileSystem>> FileSystems { get; init; } = SnapshotPart.NotTaken<ImmutableArray<SnapshotFileSystem>>();

    /// <summary>The running processes of the host, ascending by id.</summary>
    public SnapshotPart<ImmutableArray<SnapshotProcess>> Processes { get; init; } = SnapshotPart.NotTaken<ImmutableArray<SnapshotProcess>>();

    /// <summary>Members of a file that this version does not know.</summary>
    internal ImmutableSortedDictionary<string, JsonElement> UnknownMembers { get; init; } = ImmutableSortedDictionary<string, JsonElement>.Empty;

    /// <summary>Lines of the kernel's and the engine's logs, oldest first.</summary>
    public SnapshotPart<ImmutableArray<LogLine>> Log { get; init; } = SnapshotPart.NotTaken<ImmutableArray<LogLine>>();
}
