using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Execution;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>This machine, as the engine sees it: in the mount namespace of a running engine, or else in that of the caller.</summary>
/// <remarks>
/// Every call of the kernel names its subject by an open file whose mount id was compared, or by a protocol that acts on nothing else. Needs the
/// rights of root. Not thread-safe.
/// </remarks>
public sealed class LinuxHost : RepairHost
{
    private readonly LinuxMachine _machine;
    private readonly LinuxMounts _mounts;
    private readonly LinuxEntries _entries;
    private readonly LinuxConfiguration _configuration;

    /// <summary>Opens this machine.</summary>
    /// <param name="options">How it is captured, and which engine is meant.</param>
    public LinuxHost(SnapshotOptions? options = null)
    {
        _machine = new LinuxMachine(options ?? SnapshotOptions.Default);
        _mounts = new LinuxMounts(_machine);
        _entries = new LinuxEntries(_machine);
        _configuration = new LinuxConfiguration(_machine);
    }

    internal override IMountOperations Mounts => _mounts;

    internal override IEntryOperations Entries => _entries;

    internal override IConfigurationOperations Configuration => _configuration;

    /// <summary>Called where somebody else can come in between two calls; for tests that do.</summary>
    internal Action<string>? EntryCheckpoint { init => _entries.Checkpoint = value; }

    /// <summary>Called before each removal of an entry; for tests that stop there.</summary>
    internal Action<ByteString>? PurgeCheckpoint { init => _entries.PurgeCheckpoint = value; }

    /// <inheritdoc/>
    public override Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => _machine.CaptureAsync(cancellationToken);

    internal override string? TryBegin(RepairPlan plan, out IDisposable? run)
    {
        run = null;
        if (_machine.FindHindrance() is { } hindrance)
            return hindrance;
        RepairAction[] actions = [.. plan.Steps.Select(step => step.Action)];
        BytePath[] stores = [.. actions.Select(action => action.StoreRoot).OfType<BytePath>().Distinct()];

        // Runs on different stores may go side by side; one that touches mounts or the engine is alone with what the engine sees.
        (string, bool) all = (_machine.Key, Array.TrueForAll(actions, action => action.StoreRoot is not null));
        RunLock? taken = RunLock.TryTake(stores.SelectMany(_machine.KeysOf).Distinct(StringComparer.Ordinal).Select(key => (key, false)).Append(all), out string holder);
        run = taken is null ? null : _entries.Hold(stores, taken);
        return taken is null ? $"another run works there ({holder})" : null;
    }

    internal override bool IsEngineRunning() => _machine.IsEngineRunning();
}
