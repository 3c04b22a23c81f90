using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>What was looked for and where: how wide an answer about a host can be.</summary>
/// <remarks>Immutable and thread-safe. Computed of what a snapshot holds alone; what is not in it was not looked at. Every reference between records is followed for it, once: linear in the stores.</remarks>
public sealed record Scope
{
    /// <summary>The parts of the snapshot, in the order of its members: known, or not and why.</summary>
    public required ImmutableArray<ScopePart> Parts { get; init; }

    /// <summary>The places where a store was looked for, with what was there; not known of snapshots that do not tell.</summary>
    public required SnapshotPart<ImmutableArray<SearchedStorePlace>> Places { get; init; }

    /// <summary>The stores that were read.</summary>
    public required ImmutableArray<ScopeStore> Stores { get; init; }

    /// <summary>How many mounts of the engine's namespace were seen.</summary>
    public required int Mounts { get; init; }

    /// <summary>How many other mount namespaces were read.</summary>
    public required int Namespaces { get; init; }

    /// <summary>How many other mount namespaces could not be read.</summary>
    public required int UnreadNamespaces { get; init; }

    /// <summary>What was seen and is not the word of root and of whoever looked, a sentence each: processes that call themselves engines, stores of users.</summary>
    public required ImmutableArray<string> Foreign { get; init; }

    /// <summary>The scope in sentences for a person: the stores with what was seen of each, where stores were looked for, mounts and namespaces, and what was not looked at.</summary>
    public ImmutableArray<string> Describe() => ScopeText.Describe(this);

    /// <summary>The scope of a view.</summary>
    /// <param name="host">The view.</param>
    public static Scope Of(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        StorageSnapshot snapshot = host.Snapshot;
        ImmutableArray<SnapshotNamespace> namespaces = snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> known) ? known : [];
        return new Scope
        {
            Parts =
            [
                Part(nameof(snapshot.Time), snapshot.Time), Part(nameof(snapshot.HostId), snapshot.HostId), Part(nameof(snapshot.BootId), snapshot.BootId),
                Part(nameof(snapshot.BootTime), snapshot.BootTime), Part(nameof(snapshot.Mounts), snapshot.Mounts), Part(nameof(snapshot.OtherNamespaces), snapshot.OtherNamespaces),
                Part(nameof(snapshot.ConfiguredMounts), snapshot.ConfiguredMounts), Part(nameof(snapshot.Kernel), snapshot.Kernel), Part(nameof(snapshot.MountLimit), snapshot.MountLimit),
                Part(nameof(snapshot.Stores), snapshot.Stores), Part(nameof(snapshot.StorePlaces), snapshot.StorePlaces), Part(nameof(snapshot.DriverHomes), snapshot.DriverHomes),
                Part(nameof(snapshot.Uppers), snapshot.Uppers), Part(nameof(snapshot.Configuration), snapshot.Configuration), Part(nameof(snapshot.Engine), snapshot.Engine),
                Part(nameof(snapshot.FileSystems), snapshot.FileSystems), Part(nameof(snapshot.Processes), snapshot.Processes), Part(nameof(snapshot.Log), snapshot.Log),
            ],
            Places = snapshot.StorePlaces,
            Stores = [.. host.KnownStores.Select(Of)],
            Mounts = host.Mounts.TryGet(out HostMounts? mounts) ? mounts.Table.Entries.Length : 0,
            Namespaces = namespaces.Count(other => other.Mounts.IsKnown),
            UnreadNamespaces = namespaces.Count(other => !other.Mounts.IsKnown),
            Foreign = [.. DoubtedEngines(snapshot), .. UserStores(snapshot)],
        };
    }

    private static IEnumerable<string> DoubtedEngines(StorageSnapshot snapshot) => snapshot.Processes.TryGet(out ImmutableArray<SnapshotProcess> processes)
        ? processes.Where(process => process.EngineDoubt is not null).Select(process => string.Create(CultureInfo.InvariantCulture, $"Process {process.ProcessId} ({process.Name}) calls itself an engine, {process.EngineDoubt}."))
        : [];

    private static IEnumerable<string> UserStores(StorageSnapshot snapshot) => snapshot.StorePlaces.TryGet(out ImmutableArray<SearchedStorePlace> places)
        ? places.Where(place => place is { Outsider: not null, Outcome: not StorePlaceOutcome.NothingThere }).Select(place => $"{place.Path} is a store of a user: {place.Outsider}.")
        : [];

    private static ScopePart Part<T>(string name, SnapshotPart<T> part)
        where T : notnull => new(name, part.Status, part.Reason);

    private static ScopeStore Of(HostStore view)
    {
        ILookup<RecordResolution, RecordReference> references = view.Store.RecordReferences.ToLookup(reference => reference.Resolution);
        return new ScopeStore(view.Store.Kind, view.Store.DataRoot)
        {
            IsCovered = view.Home.Cover is not null,
            Layers = view.Store.Layers.Count,
            Containers = view.Containers.Length,
            NotRead = [.. view.Store.UnreadParts],
            UnreadPlaces = view.Store.ReadProblems.Count,
            ResolvedReferences = references[RecordResolution.Resolved].Count(),
            DanglingReferences = references[RecordResolution.Dangling].Count(),
            UnknownReferences = references[RecordResolution.NotKnown].Count(),
        };
    }
}
