using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>An engine of a copied machine: the overlay of a container is mounted when it starts and unmounted when it stops.</summary>
internal sealed class MemoryEngine : IEngineControl
{
    private static readonly ByteString s_overlay = ByteString.FromText("overlay");

    private readonly MemoryHost _host;
    private readonly Dictionary<ByteString, BytePath> _mountPoints = [];
    private Func<HostResult>? _late;

    public MemoryEngine(MemoryHost host, StorageSnapshot snapshot)
    {
        _host = host;
        foreach (DockerClassicStore store in snapshot.Stores.Value.OfType<DockerClassicStore>())
        {
            foreach (DockerContainerLayer layer in store.ContainerLayers)
                _mountPoints.Add(layer.ContainerId, store.DriverHome.Combine(new BytePath(layer.MountId.Content)).Combine(BytePath.FromText("merged")));
        }

        Running.UnionWith(_mountPoints.Keys);
    }

    public HashSet<ByteString> Running { get; } = [];

    /// <summary>The containers whose restart policy is "always".</summary>
    public HashSet<ByteString> Always { get; } = [];

    public IEnumerable<ByteString> Containers => _mountPoints.Keys;

    public bool Answers { get; set; } = true;

    /// <summary>How often it was started again.</summary>
    public int Starts { get; private set; }

    /// <summary>How often a container was stopped that ran.</summary>
    public int Stops { get; private set; }

    /// <summary>Takes a request that it carries out when the next one comes, or when told to: whoever asked is not there any more.</summary>
    public void TakeLate(RepairAction action) => _late = action switch
    {
        ContainerAction container => () => container.Start ? Start(container.ContainerId) : Stop(container.ContainerId),
        RestartEngineAction => Restart,
        _ => null,
    };

    public void CarryOutLate()
    {
        Func<HostResult>? late = _late;
        _late = null;
        late?.Invoke();
    }

    public Task<HostResult> StopContainerAsync(ByteString containerId, CancellationToken cancellationToken) => Do(() => Stop(containerId));

    public Task<HostResult> StartContainerAsync(ByteString containerId, CancellationToken cancellationToken) => Do(() => Start(containerId));

    public Task<HostResult> RestartAsync(CancellationToken cancellationToken)
    {
        CarryOutLate();
        return Task.FromResult(Restart());
    }

    public Task<bool?> IsRunningAsync(ByteString containerId, CancellationToken cancellationToken) => Task.FromResult<bool?>(Answers ? Running.Contains(containerId) : null);

    public Task<bool> AnswersAsync(CancellationToken cancellationToken) => Task.FromResult(Answers);

    private Task<HostResult> Do(Func<HostResult> action)
    {
        CarryOutLate();
        return Task.FromResult(Answers ? action() : new HostResult("the engine does not answer"));
    }

    private HostResult Stop(ByteString container)
    {
        if (!Running.Remove(container))
            return HostResult.Done;
        Stops++;
        BytePath merged = _mountPoints[container];
        if (_host.Mounts.LoadMounts(0).Resolve(merged) is { } mount && mount.MountPoint == merged)
            Assert.True(_host.Mounts.Unmount(0, MountFingerprint.Of(mount)).IsDone);
        return HostResult.Done;
    }

    private HostResult Start(ByteString container)
    {
        if (Running.Add(container))
            Assert.True(_host.Mounts.MountFileSystem(s_overlay, new BytePath(s_overlay), _mountPoints[container], MountFingerprint.Of(_host.Mounts.LoadMounts(0).Resolve(_mountPoints[container])!), isReadOnly: false).IsDone);
        return HostResult.Done;
    }

    private HostResult Restart()
    {
        Starts++;
        foreach (ByteString container in Containers)
            Stop(container);
        Answers = true;
        foreach (ByteString container in Always)
            Start(container);
        return HostResult.Done;
    }
}
