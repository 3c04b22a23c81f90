using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>What a live host knows of the machine: which engine is meant, its mount namespace, and how to enter one.</summary>
internal sealed class LinuxMachine
{
    /// <summary>What is said of a mount that cannot be found.</summary>
    public const string Gone = "the mount is not there any more, or is not the one meant";

    private readonly SnapshotOptions _options;
    private int? _engine;
    private ByteString _engineName;
    private EngineView _view;
    private BytePath _namespace;

    /// <summary>What code in another mount namespace asks the thread to do that waits for it; <see langword="null"/> outside of such code.</summary>
    private BlockingCollection<Action>? _requests;

    public LinuxMachine(SnapshotOptions options)
    {
        _options = options;
        Look(_options.EngineProcessId ?? FindEngine());
    }

    /// <summary>The root directory of the host that is captured, as this process sees it.</summary>
    public BytePath HostRoot => _options.HostRoot;

    /// <summary>So much is read of the mount tables of other namespaces.</summary>
    public long MaxNamespaceBytes => _options.MaxNamespaceBytes;

    /// <summary>How the engine sees the host.</summary>
    public EngineView View => _view;

    /// <summary>What tells the mounts that the engine sees from those of others: their namespace, or where there is none the directory of the host.</summary>
    public string Key => _view.NamespaceId != 0
        ? string.Create(CultureInfo.InvariantCulture, $"mounts-{_view.NamespaceId}")
        : $"host-{(RootedDirectory.TryOpen(HostRoot.Span, out RootedDirectory? root, out _) ? Identify(root!) : "")}";

    /// <summary>What tells a store from others: its root directory, and each driver home in it, by device and inode.</summary>
    /// <param name="store">The engine's root directory on the host.</param>
    public IEnumerable<string> KeysOf(BytePath store)
    {
        if (!RootedDirectory.TryOpen(_view.Root.Span, out RootedDirectory? host, out _))
            yield break;
        using (host)
        {
            foreach (BytePath path in KnownEngines.All.Select(engine => store.Combine(engine.DriverHomeName)).Prepend(store).Distinct())
            {
                if (host!.TryOpenDirectory(path.Span, LinkRule.FollowInside, out RootedDirectory? directory, out _))
                    yield return $"store-{Identify(directory!)}";
            }
        }
    }

    /// <summary>Why nothing is to be changed as the engine sees it: who owns the process that was named for it decides what that is.</summary>
    public string? FindHindrance()
    {
        if (_options.EngineProcessId is null || _engine is not { } id || !TryOpen(id, out SafeFileHandle opened))
            return null;
        using SafeFileHandle process = opened;
        return ProcessTrust.FindDoubtOfUser(process, out _) is { } doubt ? string.Create(CultureInfo.InvariantCulture, $"process {id} is named as the engine, and {doubt}") : null;
    }

    public Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken)
    {
        // Without its process the capture would be of the caller's own mounts.
        if (!FollowEngine())
            throw new IOException("The engine does not run any more.");
        return StorageSnapshot.CaptureAsync(_options.EngineProcessId is null ? _options : _options with { EngineProcessId = _engine }, cancellationToken);
    }

    public MountTable LoadMounts(ulong namespaceId)
    {
        // In the namespace of an engine, /proc may be that of other processes.
        if (_requests is not null)
            return LoadOutside(namespaceId);
        if (IsEngines(namespaceId) && FollowEngine())
            return Load(_view.Mounts ?? throw new IOException("The host root has no live proc file system."));
        ulong id = namespaceId == 0 ? _view.NamespaceId : namespaceId;
        return FindProcess(id) is { } process ? Load(MountTableSource.Process(process)) : throw new IOException($"Nobody is in mount namespace {id}.");
    }

    private static string Identify(RootedDirectory directory)
    {
        using (directory)
        {
            return directory.TryIdentify(out FileStatus status) ? string.Create(CultureInfo.InvariantCulture, $"{status.DeviceMajor}-{status.DeviceMinor}-{status.Inode}") : "";
        }
    }

    /// <summary>Takes a process for the engine.</summary>
    [MemberNotNull(nameof(_view))]
    private void Look(int? engine)
    {
        _engine = engine;
        _view = EngineView.Find(_options.HostRoot, engine);
        _namespace = _view.Mounts is MountInfoFile ? ProcessNamespace(engine ?? 1) : default;
        if (engine is { } process)
            _engineName = ProcessDirectory.Describe(ProcessOf(process), process).Name;
    }

    /// <summary>A plan may start the engine again: then another process of the same name is the engine, as a rule in the same mount namespace.</summary>
    /// <returns>Whether the mounts that it sees can be reached.</returns>
    public bool FollowEngine()
    {
        if (_engine is not { } process || IsIn(process, _view.NamespaceId))
            return true;
        int? next = FindProcess(_view.NamespaceId, _engineName) ?? (_options.EngineProcessId is null ? FindEngine() : null);

        // A usual engine has the host's mounts, and while it is down these are there still.
        bool isHosts = _options.EngineProcessId is null && EngineView.Find(_options.HostRoot, null).NamespaceId == _view.NamespaceId;
        if (next is null && !isHosts)
            return false;
        Look(next);
        return true;
    }

    private MountTable LoadOutside(ulong namespaceId)
    {
        BlockingCollection<Action> requests = _requests!;
        MountTable? table = null;
        IOException? failure = null;
        using var done = new ManualResetEventSlim();
        requests.Add(() =>
        {
            _requests = null;
            try
            {
                table = LoadMounts(namespaceId);
            }
            catch (IOException e)
            {
                failure = e;
            }

            _requests = requests;
            done.Set();
        });
        done.Wait();
        return table ?? throw new IOException(failure!.Message, failure);
    }

    private static MountTable Load(MountTableSource source)
    {
        var options = new MountTableLoadOptions { Lenient = true, Strict = true };
        try
        {
            return MountTable.Load(source, options);
        }
        catch (MountTableException e) when (e.Failure == MountTableFailure.KeepsChanging)
        {
            return MountTable.Load(source, options with { Strict = false });
        }
    }

    public bool IsEngineRunning() => _engine is { } process ? IsIn(process, _view.NamespaceId) || FindEngine() is not null : FindEngine() is not null;

    /// <summary>The files of the engine's configuration, secrets included.</summary>
    public EngineConfigurationFiles ReadConfigurationFiles()
    {
        FollowEngine();
        return EngineConfigurationFiles.Read(_options.HostRoot, _options.EngineProcessId is null ? null : _engine);
    }

    private int? FindEngine()
    {
        try
        {
            return EngineConfigurationFiles.Read(_options.HostRoot).Process?.ProcessId;
        }
        catch (ConfigurationFileException)
        {
            return null;
        }
    }

    private bool IsEngines(ulong namespaceId) => namespaceId == 0 || namespaceId == _view.NamespaceId;

    /// <summary>A process in a mount namespace, of a name if one is given.</summary>
    private int? FindProcess(ulong namespaceId, ByteString? name = null)
    {
        if (!ProcessDirectory.TryReadNumbers(Proc, out List<int> ids, out _))
            return null;
        foreach (int id in ids)
        {
            if (IsIn(id, namespaceId) && (name is null || (ProcessDirectory.Describe(ProcessOf(id), id).Name == name && FindDoubt(id) is null)))
                return id;
        }

        return null;
    }

    /// <summary>Why the word of a process counts for nothing; in which namespaces it has to be was asked of the engine that was meant first.</summary>
    private string? FindDoubt(int processId)
    {
        bool isOpen = TryOpen(processId, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        return isOpen ? ProcessTrust.FindDoubt(process, Proc.Span, ProcessOf(processId).Combine(BytePath.FromText("root")).Span, []) : "it does not run";
    }

    private BytePath Proc => _options.HostRoot.Combine(BytePath.FromText("proc"));

    private bool TryOpen(int processId, out SafeFileHandle process) => ProcessTrust.TryOpen(Proc.Span, processId, out process);

    private bool IsIn(int processId, ulong namespaceId)
    {
        ProcessDirectory.TryGetMountNamespace(ProcessOf(processId), out ulong found, out _);
        return found == namespaceId;
    }

    private BytePath ProcessOf(int processId) => _options.HostRoot.Combine(BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"proc/{processId}")));

    private BytePath ProcessNamespace(int processId) => ProcessOf(processId).Combine(BytePath.FromText("ns/mnt"));

    /// <summary>Runs something on a thread of its own, in a mount namespace and with a working directory of its own.</summary>
    public HostResult In(ulong namespaceId, Func<HostResult> action)
    {
        BytePath file = IsEngines(namespaceId) && FollowEngine() ? _namespace
            : FindProcess(namespaceId == 0 ? _view.NamespaceId : namespaceId) is { } process ? ProcessNamespace(process)
            : BytePath.Root;
        if (file == BytePath.Root)
            return new HostResult($"nobody is in mount namespace {namespaceId}");
        HostResult result = default;
        Exception? failure = null;
        using var requests = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            try
            {
                result = Enter(file, namespaceId == 0 ? _view.NamespaceId : namespaceId) is { IsError: true } error ? new HostResult($"the mount namespace cannot be entered: {error}") : action();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure = e;
            }
            finally
            {
                requests.CompleteAdding();
            }
        });
        _requests = requests;
        thread.Start();
        foreach (Action request in requests.GetConsumingEnumerable())
            request();
        thread.Join();
        _requests = null;
        return failure is null ? result : new HostResult(failure.Message);
    }

    private static Errno Enter(BytePath file, ulong namespaceId)
    {
        Errno error = LibC.Unshare(CloneFlags.FileSystem);
        if (error.IsError || file.IsEmpty)
            return error;
        bool isOpen = LibC.TryOpen(file.Span, OpenFlags.ReadOnly, out SafeFileHandle opened, out error);
        using SafeFileHandle handle = opened;
        if (!isOpen || !LibC.TryStatx(handle, StatusMask.Basic, out FileStatus status, out error))
            return error;

        // The process may have ended, and another one have its number.
        return namespaceId == 0 || status.Inode == namespaceId ? LibC.EnterMountNamespace(handle) : Errno.ESRCH;
    }
}
