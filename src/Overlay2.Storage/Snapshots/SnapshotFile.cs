using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Snapshots;

/// <summary>The members of a snapshot file. A part that is absent was not taken.</summary>
internal sealed partial class SnapshotFile
{
    public const int CurrentVersion = 1;

    public int FormatVersion { get; init; }

    public PartFile<DateTimeOffset>? Time { get; init; }

    public PartFile<string>? HostId { get; init; }

    public PartFile<string>? BootId { get; init; }

    public PartFile<DateTimeOffset>? BootTime { get; init; }

    public PartFile<MountTableFile>? Mounts { get; init; }

    public PartFile<ImmutableArray<NamespaceFile>>? OtherNamespaces { get; init; }

    public PartFile<ImmutableArray<ConfiguredMount>>? ConfiguredMounts { get; init; }

    public PartFile<KernelProfileFile>? Kernel { get; init; }

    public PartFile<int>? MountLimit { get; init; }

    public PartFile<ImmutableArray<LayerStoreFile>>? Stores { get; init; }

    public PartFile<ImmutableArray<SearchedStorePlace>>? StorePlaces { get; init; }

    public PartFile<ImmutableArray<BytePath>>? DriverHomes { get; init; }

    public PartFile<ImmutableArray<UpperScan>>? Uppers { get; init; }

    public PartFile<ConfigurationFilesFile>? Configuration { get; init; }

    public PartFile<EngineInfo>? Engine { get; init; }

    public PartFile<ImmutableArray<SnapshotFileSystem>>? FileSystems { get; init; }

    public PartFile<ImmutableArray<SnapshotProcess>>? Processes { get; init; }

    public PartFile<ImmutableArray<LogLine>>? Log { get; init; }

    /// <summary>Members that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
