using System.Collections.Immutable;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>A captured machine in memory, on which a plan runs as on the real one: so it tells beforehand how the mounts will be.</summary>
/// <remarks>
/// Mounts, unmounts and moves spread between peers and to slaves, across mount namespaces, as mount_namespaces(7) describes. What is open or in use
/// is not known, so an unmount that the real machine refuses with EBUSY succeeds here. Not thread-safe.
/// </remarks>
public sealed class MemoryHost : RepairHost
{
    private readonly StorageSnapshot _snapshot;
    private readonly MemoryMounts _mounts;
    private readonly MemoryEntries _entries;
    private readonly MemoryConfiguration _configuration;

    /// <summary>Copies a captured machine.</summary>
    /// <param name="snapshot">The snapshot; its mounts must be known.</param>
    /// <exception cref="ArgumentException">The snapshot does not hold the mounts.</exception>
    public MemoryHost(StorageSnapshot snapshot)
        : this(snapshot, CancellationToken.None)
    {
    }

    internal MemoryHost(StorageSnapshot snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!snapshot.Mounts.TryGet(out MountTable? table))
            throw new ArgumentException($"The snapshot does not hold the mounts: {snapshot.Mounts.Reason}", nameof(snapshot));
        _snapshot = snapshot;
        _mounts = new MemoryMounts(snapshot, table, cancellationToken);
        _entries = new MemoryEntries(snapshot);
        _configuration = new MemoryConfiguration(snapshot);
    }

    internal override IMountOperations Mounts => _mounts;

    internal override IEntryOperations Entries => _entries;

    internal override IConfigurationOperations Configuration => _configuration;

    /// <summary>The engine's configuration as it is now; <see langword="null"/> if the snapshot does not hold it.</summary>
    internal EngineConfigurationFiles? ConfigurationFiles => _configuration.Files;

    /// <inheritdoc/>
    public override Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => Task.FromResult(Capture());

    internal override bool IsEngineRunning() => ConfigurationFiles is { } files ? files.Process is not null : _snapshot.Engine.IsKnown;

    internal StorageSnapshot Capture()
    {
        StorageSnapshot now = _entries.ApplyTo(_configuration.ApplyTo(_mounts.ApplyTo(_snapshot)));
        const string Unseen = "what is below the cover is seen only when the cover is really gone";
        return _mounts.IsStoreUncovered ? now with { Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(Unseen) } : now;
    }

    /// <summary>A moment to compare with.</summary>
    internal (int Mounts, StorageSnapshot Configuration) Mark => (_mounts.Mark, _configuration.Now);

    /// <summary>Whether actions give the very mounts, peers included, and the configuration of a moment. They leave nothing behind but in its stores.</summary>
    internal bool Gives((int Mounts, StorageSnapshot Configuration) mark, IEnumerable<RepairAction> actions)
    {
        StorageSnapshot now = _configuration.Now;
        bool isSame = _mounts.Gives(mark.Mounts, () => actions.All(action => action.Run(this).IsDone)) && _configuration.IsAsIn(mark.Configuration);
        _configuration.Now = now;
        return isSame;
    }

    /// <summary>Whether a mount is there and a path leads to it.</summary>
    internal bool IsReached(ulong namespaceId, MountFingerprint mount) => _mounts.IsReached(namespaceId, mount);
}
