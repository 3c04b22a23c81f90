using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Engines.Redaction;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Snapshots;

/// <summary>Builds a snapshot of what may be shown of another one: a member that is not listed here, or in the folder of its engine, is not in it.</summary>
internal sealed partial class SnapshotRedactor(byte[] key)
{
    /// <summary>What engines call their own, and the options of overlays, are the same on many hosts.</summary>
    private readonly Redactor _names = new(
        key, [.. KnownEngines.All.Select(engine => engine.WellKnownNames), .. OverlayFeatures.All.Select(feature => feature.MountOption).OfType<string>().Select(option => option.Split('=')[0])]);

    /// <summary>Free text and members that this version does not know can hold anything: both are left out.</summary>
    public StorageSnapshot Redact(StorageSnapshot snapshot) => new()
    {
        Time = Change(snapshot.Time, time => time),
        HostId = Change(snapshot.HostId, _names.Text),
        BootId = Change(snapshot.BootId, _names.Text),
        BootTime = Change(snapshot.BootTime, time => time),
        Mounts = Change(snapshot.Mounts, Table),
        OtherNamespaces = ChangeAll(snapshot.OtherNamespaces, Namespace),
        ConfiguredMounts = ChangeAll(snapshot.ConfiguredMounts, ConfiguredMount),
        Kernel = Change(snapshot.Kernel, Kernel),
        MountLimit = Change(snapshot.MountLimit, limit => limit),
        Stores = ChangeAll(snapshot.Stores, store => store.Redact(_names)),
        StorePlaces = ChangeAll(snapshot.StorePlaces, Place),
        DriverHomes = ChangeAll(snapshot.DriverHomes, _names.Path),
        Uppers = ChangeAll(snapshot.Uppers, Scan),
        Configuration = Change(snapshot.Configuration, Files),
        Engine = Change(snapshot.Engine, Engine),
        FileSystems = ChangeAll(snapshot.FileSystems, FileSystem),
        Processes = ChangeAll(snapshot.Processes, Process),
        Log = snapshot.Log.IsKnown ? SnapshotPart.Failed<ImmutableArray<LogLine>>(Redactor.LeftOut) : Change(snapshot.Log, lines => lines),
    };

    private static SnapshotPart<ImmutableArray<T>> ChangeAll<T>(SnapshotPart<ImmutableArray<T>> part, Func<T, T> change) =>
        Change(part, values => values.Select(change).ToImmutableArray());

    private static SnapshotPart<T> Change<T>(SnapshotPart<T> part, Func<T, T> change)
        where T : notnull => part.Status switch
        {
            SnapshotPartStatus.Known => SnapshotPart.Known(change(part.Value)),
            SnapshotPartStatus.Failed => SnapshotPart.Failed<T>(Redactor.LeftOut),
            _ => SnapshotPart.NotTaken<T>(),
        };

    /// <summary>A kernel is the same on many hosts; texts of its configuration, such as what its builder calls it, are left out.</summary>
    private static KernelProfile Kernel(KernelProfile profile) => new()
    {
        Version = profile.Version,
        Release = profile.Release,
        VersionText = profile.VersionText,
        Machine = profile.Machine,
        Parameters = profile.Parameters,
        KernelConfig = [.. profile.KernelConfig.Where(line => !line.Contains('"', StringComparison.Ordinal))],
        FileSystems = profile.FileSystems,
        Features = profile.Features,
    };

    private SearchedStorePlace Place(SearchedStorePlace place) => new(place.Kind, _names.Path(place.Path), place.Origin, place.Outcome)
    {
        Problem = place.Problem is { } problem ? _names.Problem(problem) : null,
        Outsider = place.Outsider is null ? null : Redactor.LeftOut,
        IsOfUser = place.IsOfUser,
    };

    private UpperScan Scan(UpperScan scan) => new()
    {
        Directory = _names.Path(scan.Directory),
        Marks = [.. scan.Marks.Select(mark => new UpperMark(_names.Path(mark.Path), mark.Kind, _names.Path(new BytePath(mark.Value)).Bytes)).OrderBy(mark => mark.Path)],
        IsComplete = scan.IsComplete,
    };

    private EngineConfigurationFiles Files(EngineConfigurationFiles files)
    {
        EngineConfigurationFiles redacted = EngineConfigurationFiles.Empty;
        foreach ((BytePath path, ConfigurationFileContent file) in files.Files)
            redacted = redacted.With(_names.Path(path), new ConfigurationFileContent(file.State, _names.Text(file.Content), Redactor.Reason(file.Reason)));
        return redacted.WithProcess(files.Process is { } process
            ? new EngineProcess(process.ProcessId, [.. process.Arguments.Select(_names.Text)], [.. process.Environment.Select(_names.Text)])
            : null);
    }

    private EngineInfo Engine(EngineInfo engine) => new()
    {
        Version = _names.Version(engine.Version),
        Driver = _names.Text(engine.Driver),
        DataRoot = _names.Path(engine.DataRoot),
        BackingFileSystem = _names.Text(engine.BackingFileSystem),
        UsesNativeDiff = engine.UsesNativeDiff,
        ReportsEntryTypes = engine.ReportsEntryTypes,
        UsesContainerdStore = engine.UsesContainerdStore,
    };

    private SnapshotFileSystem FileSystem(SnapshotFileSystem fileSystem) => new()
    {
        Path = _names.Path(fileSystem.Path),
        TotalBytes = fileSystem.TotalBytes,
        AvailableBytes = fileSystem.AvailableBytes,
        TotalInodes = fileSystem.TotalInodes,
        AvailableInodes = fileSystem.AvailableInodes,
        EntryTypes = new FeatureEvidence(fileSystem.EntryTypes.Status, Redactor.LeftOut),
    };

    private SnapshotProcess Process(SnapshotProcess process) =>
        new(process.ProcessId, _names.Name(process.Name), _names.Text(process.ContainerId), process.MountNamespaceId) 
        {
            EngineDoubt = process.EngineDoubt is null ? null : Redactor.LeftOut,
            OpenFiles = [.. process.OpenFiles.Select(file => new SnapshotOpenFile(_names.Path(file.Path), file.MountId))],
        };
}
