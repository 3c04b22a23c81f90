using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair;

/// <summary>The machine at one moment, read as far as predicates ask.</summary>
internal sealed class MachineState(IHostOperations host, IEngineControl? engine)
{
    private readonly Dictionary<ulong, MountTable> _tables = [];
    private IReadOnlyList<MountTable>? _others;

    public MountTable Mounts(ulong namespaceId = 0)
    {
        if (!_tables.TryGetValue(namespaceId, out MountTable? table))
            _tables.Add(namespaceId, table = host.LoadMounts(namespaceId));
        return table;
    }

    public ConfigurationFileContent Configuration(BytePath path) => host.ReadConfiguration(path);

    public string? ModuleParameter(string parameter) => host.ReadModuleParameter(parameter);

    private IReadOnlyList<MountTable> OtherMounts => _others ??= host.LoadOtherMounts();

    /// <summary>The first predicate that does not hold, in words; <see langword="null"/> if all do.</summary>
    public async Task<string?> FindUnmetAsync(IEnumerable<RepairPredicate> predicates, CancellationToken cancellationToken)
    {
        foreach (RepairPredicate predicate in predicates)
        {
            if (await TestAsync(predicate, cancellationToken).ConfigureAwait(false) is { } unmet)
                return unmet;
        }

        return null;
    }

    private async Task<string?> TestAsync(RepairPredicate predicate, CancellationToken cancellationToken)
    {
        switch (predicate)
        {
            case MountPresentPredicate present:
                return present.Mount.FindIn(Mounts(present.NamespaceId)) is null ? $"{present.Mount} is not there, or was changed" : null;
            case MountAbsentPredicate absent:
                return absent.Mount.FindIn(Mounts(absent.NamespaceId)) is null ? null : $"{absent.Mount} is still there";
            case MountReachedPredicate reached:
                MountTable table = Mounts(reached.NamespaceId);
                MountEntry? found = reached.Mount.FindIn(table);
                return found is null ? $"{reached.Mount} is not there, or was changed"
                    : table.Resolve(found.MountPoint) == found ? null
                    : $"{reached.Mount} is hidden by another mount";
            case NoChildrenPredicate childless:
                MountTable mounts = Mounts(childless.NamespaceId);
                return childless.Mount.FindIn(mounts) is { } mount && !mounts.GetChildren(mount).IsEmpty ? $"there are mounts on {childless.Mount}" : null;
            case MountPrivatePredicate isolated:
                return isolated.Mount.FindIn(Mounts()) is { Propagation.IsPrivate: true } ? null : $"{isolated.Mount} is not private";
            case PlacePredicate place:
                return Mounts().GetByMountPoint(place.Place).Any(candidate => candidate.Propagation.IsPrivate) ? null : $"{place.Place} is no private mount";
            case NoPlacePredicate place:
                return Mounts().Entries.Any(candidate => candidate.MountPoint.StartsWith(place.Place)) ? $"something is mounted at {place.Place}" : null;
            case ConfigurationPredicate file:
                return ConfigurationPredicate.Holds(Configuration(file.Path), file.Content) ? null : $"{file.Path} {(file.Content is null ? "is there" : "is not as it should be")}";
            case ModuleParameterPredicate parameter:
                return ModuleParameter(parameter.Parameter) is { } value && value == parameter.Value ? null : $"the module's parameter {parameter.Parameter} is {ModuleParameter(parameter.Parameter) ?? "not known"}";

            case EntryPredicate entry:
                EntryState there = host.ReadEntry(entry.Place);
                return there == entry.State ? null : $"at {entry.Place} there is {there} instead of {entry.State}";
            case AttributePredicate file:
                return host.HasAttribute(file.Place, file.Attribute) == file.IsSet ? null : $"{file.Place} {(file.IsSet ? "has not" : "has")} the attribute {file.Attribute}";
            case IdentityPredicate entry:
                EntryIdentity seen = host.IdentifyEntry(entry.Place);
                return entry.Identity.Matches(seen) ? null : $"at {entry.Place} there is not the entry meant ({entry.Identity}) but {seen}";
            case LayerUnusedPredicate layer:
                return layer.OrEngineStopped && !host.IsEngineRunning() ? null
                    : LayerUse.Find(layer, OtherMounts.Prepend(Mounts())) is { } user ? $"the layer {layer.Layer} is in use: {user}"
                    : null;
            case NoMountBelowPredicate below:
                return MountsBelow.Find(below.Directory, Mounts(), OtherMounts) is { } mounted ? $"{below.Directory} is in use: {mounted}" : null;
            case ContainerPredicate container when engine is not null:
                bool? runs = await engine.IsRunningAsync(container.ContainerId, cancellationToken).ConfigureAwait(false);
                return runs == container.Runs ? null : $"the container {container.ContainerId} {(runs is null ? "is not known to the engine" : runs == true ? "runs" : "does not run")}";
            case EnginePredicate when engine is not null:
                return await engine.AnswersAsync(cancellationToken).ConfigureAwait(false) ? null : "the engine does not answer";
            default:
                return "no control of the engine is given";
        }
    }
}
