using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Snapshots;

internal sealed partial class SnapshotFile
{
    public static SnapshotFile Of(StorageSnapshot snapshot) => new()
    {
        FormatVersion = CurrentVersion,
        Time = Write(snapshot.Time),
        HostId = Write(snapshot.HostId),
        BootId = Write(snapshot.BootId),
        BootTime = Write(snapshot.BootTime),
        Mounts = Write(snapshot.Mounts, MountTableFile.Of),
        OtherNamespaces = Write(snapshot.OtherNamespaces, All<SnapshotNamespace, NamespaceFile>(Of)),
        ConfiguredMounts = Write(snapshot.ConfiguredMounts),
        Kernel = Write(snapshot.Kernel, profile => profile.ToFile()),
        MountLimit = Write(snapshot.MountLimit),
        Stores = Write(snapshot.Stores, All<ILayerStore, LayerStoreFile>(store => new LayerStoreFile(store))),
        StorePlaces = Write(snapshot.StorePlaces),
        DriverHomes = Write(snapshot.DriverHomes),
        Uppers = Write(snapshot.Uppers),
        Configuration = Write(snapshot.Configuration, ConfigurationFilesFile.Of),
        Engine = Write(snapshot.Engine),
        FileSystems = Write(snapshot.FileSystems),
        Processes = Write(snapshot.Processes),
        Log = Write(snapshot.Log),
        Others = snapshot.UnknownMembers.IsEmpty ? null : new Dictionary<string, JsonElement>(snapshot.UnknownMembers, StringComparer.Ordinal),
    };

    /// <exception cref="FormatException">A part has a wrong form.</exception>
    public StorageSnapshot ToSnapshot() => new()
    {
        Time = Read(Time),
        HostId = Read(HostId),
        BootId = Read(BootId),
        BootTime = Read(BootTime),
        Mounts = Read(Mounts, file => file.ToTable()),
        OtherNamespaces = Read(OtherNamespaces, All<NamespaceFile, SnapshotNamespace>(ToNamespace)),
        ConfiguredMounts = Read(ConfiguredMounts, Whole),
        Kernel = Read(Kernel, KernelProfile.Read),
        MountLimit = Read(MountLimit),
        Stores = Read(Stores, All<LayerStoreFile, ILayerStore>(file => file.Store)),
        StorePlaces = Read(StorePlaces, Whole),
        DriverHomes = Read(DriverHomes, Whole),
        Uppers = Read(Uppers, Whole),
        Configuration = Read(Configuration, file => file.ToFiles()),
        Engine = Read(Engine),
        FileSystems = Read(FileSystems, Whole),
        Processes = Read(Processes, Whole),
        Log = Read(Log, Whole),
        UnknownMembers = Others is null
            ? ImmutableSortedDictionary<string, JsonElement>.Empty
            : Others.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static NamespaceFile Of(SnapshotNamespace found) => new(found.Id, found.Processes, Write(found.Mounts, MountTableFile.Of));

    private static SnapshotNamespace ToNamespace(NamespaceFile file) => new(file.Id, Read(file.Mounts, table => table.ToTable()), file.Processes);

    /// <summary>Nothing for a part that was not taken.</summary>
    private static PartFile<T>? Write<T>(SnapshotPart<T> part)
        where T : notnull => Write(part, value => value);

    public static PartFile<TFile>? Write<T, TFile>(SnapshotPart<T> part, Func<T, TFile> write)
        where T : notnull => part.Status switch
        {
            SnapshotPartStatus.NotTaken => null,
            SnapshotPartStatus.Failed => new PartFile<TFile> { Status = part.Status, Reason = part.Reason },
            _ => new PartFile<TFile> { Status = part.Status, Value = write(part.Value) },
        };

    private static SnapshotPart<T> Read<T>(PartFile<T>? part)
        where T : notnull => Read(part, value => value);

    private static SnapshotPart<T> Read<T, TFile>(PartFile<TFile>? part, Func<TFile, T> read)
        where T : notnull => part switch
        {
            null or { Status: SnapshotPartStatus.NotTaken } => SnapshotPart.NotTaken<T>(),
            { Status: SnapshotPartStatus.Failed, Reason: { Length: > 0 } reason } => SnapshotPart.Failed<T>(reason),
            { Status: SnapshotPartStatus.Known, Value: { } value } => SnapshotPart.Known(read(value)),
            _ => throw new SnapshotFormatException("A part that is known has no value, or one that failed has no reason."),
        };

    private static Func<ImmutableArray<T>, ImmutableArray<TOther>> All<T, TOther>(Func<T, TOther> change)
        where T : class => values => [.. Whole(values).Select(change)];

    /// <summary>The list, refused if it is not there or holds a null.</summary>
    private static ImmutableArray<T> Whole<T>(ImmutableArray<T> values)
    {
        if (values.IsDefault || (default(T) is null && values.Any(value => value is null)))
            throw new SnapshotFormatException("A list is missing or holds a null.");
        return values;
    }
}
