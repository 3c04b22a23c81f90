using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Repair;

/// <summary>This machine, as the engine sees it: in the mount namespace of a running engine, or else in that of the caller.</summary>
/// <remarks>
/// Every call of the kernel names its subject by an open file whose mount id was compared, or by a protocol that acts on nothing else
/// (<see cref="Unmount"/>). Needs the rights of root. Not thread-safe.
/// </remarks>
public sealed partial class LinuxHost : IHostOperations
{
    private const uint PlaceMode = 0x1C0; // 0700
    private const string Gone = "the mount is not there any more, or is not the one meant";

    private readonly SnapshotOptions _options;
    private readonly EngineView _view;
    private readonly BytePath _namespace;

    /// <summary>Opens this machine.</summary>
    /// <param name="options">How it is captured, and which engine is meant.</param>
    public LinuxHost(SnapshotOptions? options = null)
    {
        _options = options ?? SnapshotOptions.Default;
        int? engine = _options.EngineProcessId ?? FindEngine();
        _view = EngineView.Find(_options.HostRoot, engine);
        int process = engine ?? 1;
        _namespace = _view.Mounts is MountInfoFile ? ProcessNamespace(process) : default;
    }

    /// <inheritdoc/>
    public Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => StorageSnapshot.CaptureAsync(_options, cancellationToken);

    /// <inheritdoc/>
    public MountTable LoadMounts(ulong namespaceId)
    {
        if (IsEngines(namespaceId))
            return Load(_view.Mounts ?? throw new IOException("The host root has no live proc file system."));
        return FindProcess(namespaceId) is { } process ? Load(MountTableSource.Process(process)) : throw new IOException($"Nobody is in mount namespace {namespaceId}.");
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

    private int? FindProcess(ulong namespaceId)
    {
        BytePath proc = _options.HostRoot.Combine(BytePath.FromText("proc"));
        if (!ProcessDirectory.TryReadNumbers(proc, out List<int> ids, out _))
            return null;
        foreach (int id in ids)
        {
            if (ProcessDirectory.TryGetMountNamespace(proc.Combine(BytePath.FromText(id.ToString(CultureInfo.InvariantCulture))), out ulong found, out _) && found == namespaceId)
                return id;
        }

        return null;
    }

    private BytePath ProcessNamespace(int processId) => _options.HostRoot.Combine(BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"proc/{processId}/ns/mnt")));

    /// <summary>Runs something on a thread of its own, in a mount namespace and with a working directory of its own.</summary>
    private HostResult In(ulong namespaceId, Func<HostResult> action)
    {
        BytePath file = IsEngines(namespaceId) ? _namespace : FindProcess(namespaceId) is { } process ? ProcessNamespace(process) : BytePath.Root;
        if (file == BytePath.Root)
            return new HostResult($"nobody is in mount namespace {namespaceId}");
        HostResult result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Enter(file) is { IsError: true } error ? new HostResult($"the mount namespace cannot be entered: {error}") : action();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : new HostResult(failure.Message);
    }

    private static Errno Enter(BytePath file)
    {
        Errno error = LibC.Unshare(CloneFlags.FileSystem);
        if (error.IsError || file.IsEmpty)
            return error;
        bool isOpen = LibC.TryOpen(file.Span, OpenFlags.ReadOnly, out SafeFileHandle opened, out error);
        using SafeFileHandle handle = opened;
        return isOpen ? LibC.EnterMountNamespace(handle) : error;
    }
}
