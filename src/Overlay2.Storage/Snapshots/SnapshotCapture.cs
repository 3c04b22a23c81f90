using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Configuration.Secrets;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes the parts of one snapshot.</summary>
internal sealed partial class SnapshotCapture(SnapshotOptions options, CancellationToken cancellationToken)
{
    private const int MaxIdLength = 256;

    /// <summary>The line of interrupts grows with the machine: 60 KB of one with 4096 of them.</summary>
    private const int MaxStatisticsLength = 1 << 20;

    /// <summary>An engine that is short of processors hears of an end late: two seconds of it.</summary>
    private const int MostRounds = 8;

    private const string NoProc = "the host root has no proc file system";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private static readonly BytePath s_recordedMounts = BytePath.FromText("proc/1/mountinfo");
    private static readonly BytePath s_proc = BytePath.FromText("proc");
    private static readonly BytePath s_hostId = BytePath.FromText("etc/machine-id");
    private static readonly BytePath s_statistics = BytePath.FromText("proc/stat");
    private static readonly BytePath s_bootId = BytePath.FromText("proc/sys/kernel/random/boot_id");

    public async Task<StorageSnapshot> TakeAsync()
    {
        SnapshotPart<EngineConfigurationFiles> configuration = SnapshotPart.Try(() => SecretFilter.Apply(EngineConfigurationFiles.Read(options.HostRoot, options.EngineProcessId)));
        int? engineProcessId = options.EngineProcessId ?? (configuration.IsKnown ? configuration.Value.Process?.ProcessId : null);
        EngineView view = EngineView.Find(options.HostRoot, engineProcessId);
        SnapshotPart<MountTable> mounts = SnapshotPart.Try(() => LoadMounts(view));
        SnapshotPart<KernelDetection> kernel = SnapshotPart.Try(() => KernelDetector.Detect(options.HostRoot));
        StoreParts store = new StoreCapture(options, view, mounts, cancellationToken).Take(configuration, hasEngine: engineProcessId is not null);
        SnapshotPart<ImmutableArray<SnapshotProcess>> processes = ReadProcesses(view);

        // A container that ended just now is noted as running until the engine hears of it: such a picture is of two moments.
        for (int round = 0; round < MostRounds && IsBetweenTwoMoments(store, processes); round++)
        {
            await Task.Delay(s_pause, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            mounts = SnapshotPart.Try(() => LoadMounts(view));
            store = new StoreCapture(options, view, mounts, cancellationToken).Take(configuration, hasEngine: engineProcessId is not null);
            processes = ReadProcesses(view);
        }

        return SnapshotSecrets.Apply(store.AddTo(new StorageSnapshot
        {
            Time = SnapshotPart.Known(options.TimeProvider.GetUtcNow()),
            HostId = ReadId(s_hostId),
            BootId = ReadId(s_bootId),
            BootTime = ReadBootTime(),
            Mounts = mounts,
            OtherNamespaces = options.AllNamespaces
                ? await ReadNamespacesAsync(view).ConfigureAwait(false)
                : SnapshotPart.NotTaken<ImmutableArray<SnapshotNamespace>>(),
            Processes = processes,
            ConfiguredMounts = StorageSnapshot.ReadFstab(options.HostRoot),
            Kernel = kernel.TryGet(out KernelDetection? detection) ? SnapshotPart.Known(detection.Profile) : SnapshotPart.Failed<KernelProfile>(kernel.Reason),
            MountLimit = ReadMountLimit(kernel),
            Configuration = configuration,
        }));
    }

    private static bool IsBetweenTwoMoments(StoreParts parts, SnapshotPart<ImmutableArray<SnapshotProcess>> processes)
    {
        Dictionary<int, string>? containers = processes.TryGet(out ImmutableArray<SnapshotProcess> running) ? running.ToDictionary(process => process.ProcessId, process => process.ContainerId) : null;
        return parts.Stores.TryGet(out ImmutableArray<ILayerStore> stores) && stores.Any(store => store.IsBetweenTwoMoments(containers));
    }

    private MountTable LoadMounts(EngineView view)
    {
        if (view.Mounts is null)
            return LoadRecordedMounts();
        var load = new MountTableLoadOptions { Lenient = true, Strict = true };
        try
        {
            return view.Mounts.Load(load, cancellationToken);
        }
        catch (MountTableException e) when (e.Failure == MountTableFailure.KeepsChanging)
        {
            return view.Mounts.Load(load with { Strict = false }, cancellationToken);
        }
    }

    /// <summary>A recorded host root is walked without leaving it.</summary>
    private MountTable LoadRecordedMounts()
    {
        BytePath path = BytePath.Root.Combine(s_recordedMounts);
        if (!RootedDirectory.TryOpen(options.HostRoot.Span, out RootedDirectory? root, out Errno error))
            throw new MountTableException(MountTableFailure.ReadFailed, options.HostRoot, $"can not be opened ({error})");
        using (root)
        {
            return BoundedFile.TryRead(root!, s_recordedMounts.Span, MountTableLoadOptions.Default.MaxBytes, out byte[] text, out error)
                ? MountTable.ParseLenient((ReadOnlyMemory<byte>)text)
                : throw new MountTableException(error == Errno.ENOENT ? MountTableFailure.NotFound : MountTableFailure.ReadFailed, path, $"can not be read ({error})");
        }
    }

    private async Task<SnapshotPart<ImmutableArray<SnapshotNamespace>>> ReadNamespacesAsync(EngineView view)
    {
        if (!view.HasProcesses)
            return SnapshotPart.Failed<ImmutableArray<SnapshotNamespace>>(NoProc);
        BytePath proc = options.HostRoot.Combine(s_proc);
        var scanner = new MountNamespaceScanner(new MountNamespaceScannerOptions
        {
            ProcDirectory = proc,
            MaxTotalBytes = options.MaxNamespaceBytes,
            Load = new MountTableLoadOptions { Lenient = true },
        });
        var room = new NamespaceRoom(options.MaxNamespaceBytes);
        var namespaces = ImmutableArray.CreateBuilder<SnapshotNamespace>();
        try
        {
            await foreach (MountNamespace found in scanner.ScanAsync(cancellationToken).ConfigureAwait(false))
            {
                if (found.Id == view.NamespaceId)
                    continue;
                ImmutableArray<MountHolderProcess> processes = [.. found.ProcessIds.Select(id => DescribeHolder(DirectoryOf(proc, id), id, found.Table?.Root))];
                namespaces.Add(new SnapshotNamespace(found.Id, found.IsRead ? room.Take(found.Table) : SnapshotPart.Failed<MountTable>(found.Failure.Message), processes));
            }
        }
        catch (MountTableException e)
        {
            return SnapshotPart.Failed<ImmutableArray<SnapshotNamespace>>(e.Message);
        }

        namespaces.Sort((left, right) => left.Id.CompareTo(right.Id));
        return SnapshotPart.Known(namespaces.ToImmutable());
    }

    private static MountHolderProcess DescribeHolder(BytePath directory, int processId, MountEntry? root)
    {
        MountHolderProcess process = ProcessDirectory.Describe(directory, processId);
        return ProcessDirectory.FindRootMount(directory) is { } mountId && mountId != root?.MountId ? process with { RootMountId = mountId } : process;
    }

    /// <summary>The processes with the ids that the engine gives them: it may have a process namespace of its own.</summary>
    private SnapshotPart<ImmutableArray<SnapshotProcess>> ReadProcesses(EngineView view)
    {
        if (!view.HasProcesses)
            return SnapshotPart.Failed<ImmutableArray<SnapshotProcess>>(NoProc);
        BytePath proc = view.Root.Combine(s_proc);
        if (!ProcessDirectory.TryReadNumbers(proc, out List<int> ids, out Errno error))
            return SnapshotPart.Failed<ImmutableArray<SnapshotProcess>>($"{proc}: {error}");

        var processes = ImmutableArray.CreateBuilder<SnapshotProcess>(ids.Count);
        foreach (int id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BytePath directory = DirectoryOf(proc, id);
            ProcessDirectory.TryGetMountNamespace(directory, out ulong namespaceId, out _);
            MountHolderProcess process = ProcessDirectory.Describe(directory, id);

            // Of a process that ended meanwhile nothing is left to read.
            if (!process.Name.IsEmpty || namespaceId != 0)
                processes.Add(new SnapshotProcess(id, process.Name, process.ContainerId, namespaceId) 
                {
                    EngineDoubt = RunningEngines.FindDoubt(view, id, KnownEngines.Programs, out ImmutableArray<SnapshotOpenFile> open),
                    OpenFiles = open,
                });
        }

        return SnapshotPart.Known(processes.ToImmutable());
    }

    private SnapshotPart<string> ReadId(BytePath path) =>
        ReadFile(path, MaxIdLength, text => SnapshotPart.Known(new ByteString(text.AsSpan().Trim(" \n"u8)).ToString()));

    private SnapshotPart<DateTimeOffset> ReadBootTime() => ReadFile(s_statistics, MaxStatisticsLength, text => BootTimeOf(text) is { } time
        ? SnapshotPart.Known(time)
        : SnapshotPart.Failed<DateTimeOffset>($"{BytePath.Root.Combine(s_statistics)}: no line btime with a time"));

    private SnapshotPart<T> ReadFile<T>(BytePath path, int maxLength, Func<byte[], SnapshotPart<T>> parse)
        where T : notnull
    {
        if (!RootedDirectory.TryOpen(options.HostRoot.Span, out RootedDirectory? root, out Errno error))
            return SnapshotPart.Failed<T>($"{options.HostRoot}: {error}");
        using (root)
            return BoundedFile.TryRead(root!, path.Span, maxLength, out byte[] text, out error) ? parse(text) : SnapshotPart.Failed<T>($"{BytePath.Root.Combine(path)}: {error}");
    }

    /// <summary>The line <c>btime SECONDS</c> of <c>/proc/stat</c>.</summary>
    internal static DateTimeOffset? BootTimeOf(ReadOnlySpan<byte> statistics)
    {
        foreach (Range line in statistics.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = statistics[line];
            if (text.StartsWith("btime "u8))
            {
                return long.TryParse(text[6..], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null;
            }
        }

        return null;
    }

    private static SnapshotPart<int> ReadMountLimit(SnapshotPart<KernelDetection> kernel)
    {
        const string Setting = "fs.mount-max";
        if (!kernel.TryGet(out KernelDetection? detection))
            return SnapshotPart.Failed<int>(kernel.Reason);
        KernelSetting? setting = detection.FindSetting(Setting);
        return setting is { IsKnown: true } && int.TryParse(setting.Value, System.Globalization.CultureInfo.InvariantCulture, out int limit)
            ? SnapshotPart.Known(limit)
            : SnapshotPart.Failed<int>($"{Setting} could not be read: {setting?.Source.Detail}");
    }

    private static BytePath DirectoryOf(BytePath proc, int processId) =>
        proc.Combine(BytePath.FromText(processId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
