using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

internal sealed partial class Redactor
{
    public StorageSnapshot Redact(StorageSnapshot snapshot) => snapshot with
    {
        HostId = Change(snapshot.HostId, Text),
        BootId = Change(snapshot.BootId, Text),
        BootTime = Change(snapshot.BootTime, time => time),
        Mounts = Change(snapshot.Mounts, Table),
        OtherNamespaces = Change(snapshot.OtherNamespaces, namespaces => namespaces.Select(Namespace).ToImmutableArray()),
        ConfiguredMounts = Change(snapshot.ConfiguredMounts, mounts => mounts.Select(ConfiguredMount).ToImmutableArray()),
        Kernel = Change(snapshot.Kernel, profile => profile),
        MountLimit = Change(snapshot.MountLimit, limit => limit),
        Stores = Change(snapshot.Stores, stores => stores.Select(Store).ToImmutableArray()),
        DriverHomes = Change(snapshot.DriverHomes, homes => homes.Select(Path).ToImmutableArray()),
        Uppers = Change(snapshot.Uppers, scans => scans.Select(Scan).ToImmutableArray()),
        Configuration = Change(snapshot.Configuration, Files),
        Engine = Change(snapshot.Engine, engine => engine with { DataRoot = Path(engine.DataRoot) }),
        FileSystems = Change(snapshot.FileSystems, fileSystems => fileSystems.Select(fileSystem => fileSystem with { Path = Path(fileSystem.Path) }).ToImmutableArray()),
        Processes = Change(snapshot.Processes, processes => processes.Select(Process).ToImmutableArray()),

        // Free text and what this version does not know can hold anything.
        Log = snapshot.Log.IsKnown ? SnapshotPart.Failed<ImmutableArray<LogLine>>(LeftOut) : Change(snapshot.Log, lines => lines),
        UnknownMembers = ImmutableSortedDictionary<string, JsonElement>.Empty,
    };

    private static SnapshotPart<T> Change<T>(SnapshotPart<T> part, Func<T, T> change)
        where T : notnull => part.Status switch
        {
            SnapshotPartStatus.Known => SnapshotPart.Known(change(part.Value)),
            SnapshotPartStatus.Failed => SnapshotPart.Failed<T>(LeftOut),
            _ => part,
        };

    private MountTable Table(MountTable table)
    {
        MountTable redacted = MountTable.FromEntries([.. table.Entries.Select(Entry)]);
        return table.BadLineCount > 0 ? redacted.WithBadLines(table.BadLines, table.BadLineCount) : redacted;
    }

    private MountEntry Entry(MountEntry entry) => new()
    {
        Index = entry.Index,
        MountId = entry.MountId,
        UniqueId = entry.UniqueId,
        ParentId = entry.ParentId,
        Major = entry.Major,
        Minor = entry.Minor,
        Root = entry.Root.Span.IndexOf(":["u8) >= 0 ? entry.Root : Path(entry.Root),
        MountPoint = Path(entry.MountPoint),
        Options = entry.Options,
        OptionalFields = entry.OptionalFields,
        FileSystemType = entry.FileSystemType,
        Source = Text(entry.Source),
        SuperOptions = SuperOptions(entry),
    };

    private ByteString SuperOptions(MountEntry entry)
    {
        if (entry.IsOverlay)
            return new ByteString(OverlayMountOptions.Parse(entry.SuperOptions.Span).WithPaths(Path).ToSuperOptions());

        List<byte> redacted = new(entry.SuperOptions.Length);
        foreach (Range range in entry.SuperOptions.Span.Split((byte)','))
        {
            ReadOnlySpan<byte> option = entry.SuperOptions.Span[range];
            int equals = option.IndexOf((byte)'=');
            if (redacted.Count > 0)
                redacted.Add((byte)',');
            redacted.AddRange(equals < 0 ? option : option[..(equals + 1)]);
            if (equals >= 0)
                redacted.AddRange(Text(new ByteString(option[(equals + 1)..])).Span);
        }

        return new ByteString([.. redacted]);
    }

    private SnapshotNamespace Namespace(SnapshotNamespace found) => new(
        found.Id,
        Change(found.Mounts, Table),
        [.. found.Processes.Select(process => new MountHolderProcess(process.ProcessId, Name(process.Name), Text(process.ContainerId)))]);

    private ConfiguredMount ConfiguredMount(ConfiguredMount mount) => mount with
    {
        MountPoint = Path(mount.MountPoint),
        Source = Text(mount.Source),
        Options = Text(mount.Options),
        File = Path(mount.File),
    };

    private ILayerStore Store(ILayerStore store) => store switch
    {
        DockerClassicStore docker => Store(docker),
        ContainersStorageStore containers => Store(containers),
        ContainerdSnapshotStore containerd => Store(containerd),
        _ => throw new NotSupportedException($"Stores of the kind {store.Kind} cannot be redacted."),
    };

    private UpperScan Scan(UpperScan scan) => scan with
    {
        Directory = Path(scan.Directory),
        Marks = [.. scan.Marks.Select(mark => new UpperMark(Path(mark.Path), mark.Kind, Path(new BytePath(mark.Value)).Bytes)).OrderBy(mark => mark.Path)],
    };

    private EngineConfigurationFiles Files(EngineConfigurationFiles files)
    {
        EngineConfigurationFiles redacted = EngineConfigurationFiles.Empty;
        foreach ((BytePath path, ConfigurationFileContent file) in SecretFilter.Apply(files).Files)
        {
            string reason = file.Reason.Length == 0 || IsErrorName(file.Reason) ? file.Reason : LeftOut;
            redacted = redacted.With(Path(path), file with { Content = Text(file.Content), Reason = reason });
        }

        return redacted.WithProcess(files.Process is { } process ? EngineProcess(process) : null);
    }

    private EngineProcess EngineProcess(EngineProcess process)
    {
        EngineProcess filtered = SecretFilter.Apply(EngineConfigurationFiles.Empty.WithProcess(process)).Process!;
        return filtered with { Arguments = [.. filtered.Arguments.Select(Text)], Environment = [.. filtered.Environment.Select(Text)] };
    }

    private SnapshotProcess Process(SnapshotProcess process) => process with { Name = Name(process.Name), ContainerId = Text(process.ContainerId) };
}
