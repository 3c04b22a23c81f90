using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>The machine at one moment, read as far as predicates ask.</summary>
internal sealed class MachineState(RepairHost host, IEngineControl? engine, NamedMounts? named = null)
{
    /// <summary>What is said where only the engine knows, and nobody can ask it.</summary>
    public const string NoEngine = "no control of the engine is given";

    private readonly Dictionary<ulong, MountTable> _tables = [];
    private IReadOnlyList<MountTable>? _others;

    public IEntryOperations Entries => host.Entries;

    public IEngineControl? Engine => engine;

    public IReadOnlyList<MountTable> OtherMounts => _others ??= host.Mounts.LoadOtherMounts();

    /// <summary>Which mounts have a name in their paths; of tables that did not change since an earlier moment it is known already.</summary>
    public NamedMounts Named { get; } = named ?? new NamedMounts();

    public MountTable Mounts(ulong namespaceId = 0)
    {
        if (!_tables.TryGetValue(namespaceId, out MountTable? table))
            _tables.Add(namespaceId, table = host.Mounts.LoadMounts(namespaceId));
        return table;
    }

    public ConfigurationFileContent Configuration(BytePath path) => host.Configuration.ReadConfiguration(path);

    public string? ModuleParameter(string parameter) => host.Configuration.ReadModuleParameter(parameter);

    public bool IsEngineRunning() => host.IsEngineRunning();

    public async ValueTask<bool> HoldsAsync(RepairPredicate predicate) => await predicate.TestAsync(this, CancellationToken.None).ConfigureAwait(false) is null;

    /// <summary>The first predicate that does not hold, in words; <see langword="null"/> if all do.</summary>
    public async Task<string?> FindUnmetAsync(IEnumerable<RepairPredicate> predicates, CancellationToken cancellationToken)
    {
        foreach (RepairPredicate predicate in predicates)
        {
            if (await predicate.TestAsync(this, cancellationToken).ConfigureAwait(false) is { } unmet)
                return unmet;
        }

        return null;
    }
}
