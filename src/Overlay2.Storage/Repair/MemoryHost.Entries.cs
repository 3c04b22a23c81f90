using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair;

public sealed partial class MemoryHost
{
    private readonly Dictionary<Bytes.BytePath, MemoryStore> _stores = [];

    /// <inheritdoc/>
    public EntryState ReadEntry(StorePlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return FindStore(place)?.Read(place.FullPath) ?? throw new IOException($"{place}: the snapshot does not tell what is there");
    }

    /// <inheritdoc/>
    public EntryIdentity IdentifyEntry(StorePlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return FindStore(place)?.Identify(place.FullPath) ?? throw new IOException($"{place}: the snapshot does not tell what is there");
    }

    /// <inheritdoc/>
    public HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(to);
        if (FindStore(place) is not { } store || store.Read(place.FullPath) is not { } now)
            return new HostResult($"{place}: the snapshot does not tell what is there");
        if (now != from)
            return new HostResult($"{place}: there is {now} instead of {from}");
        if (like is not null && FindStore(like)?.Read(like.FullPath) is null or { Type: StoreEntryType.Missing })
            return new HostResult($"{like}: ENOENT");
        return store.Replace(place.FullPath, to) is { } error ? new HostResult($"{place}: {error}") : HostResult.Done;
    }

    /// <inheritdoc/>
    public HostResult ClearLeftOver(StorePlace place) => HostResult.Done;

    /// <inheritdoc/>
    public HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(identity);
        if (FindStore(from) is not { } store || store.Identify(from.FullPath) is not { } found)
            return new HostResult($"{from}: the snapshot does not tell what is there");
        if (!identity.Matches(found))
            return new HostResult($"{from}: there is another entry ({found}) than the one meant ({identity})");
        if (store.Read(to.FullPath) is not { Type: StoreEntryType.Missing })
            return new HostResult($"{to}: EEXIST");
        return store.Move(from.FullPath, to.FullPath) is { } error ? new HostResult($"{from}: {error}") : HostResult.Done;
    }

    /// <inheritdoc/>
    public HostResult PurgeEntry(StorePlace place, EntryIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(identity);
        if (FindStore(place) is not { } store || store.Identify(place.FullPath) is not { } found)
            return new HostResult($"{place}: the snapshot does not tell what is there");
        if (!identity.Matches(found))
            return new HostResult($"{place}: there is another entry ({found}) than the one meant ({identity})");
        return store.Purge(place.FullPath) ? HostResult.Done : new HostResult($"{place}: it is in no quarantine");
    }

    /// <inheritdoc/>
    public IReadOnlyList<MountTable> LoadOtherMounts() => [.. _mounts.Select(mount => mount.NamespaceId).Where(id => id != 0).Distinct().Select(LoadMounts)];

    /// <inheritdoc/>
    public bool IsEngineRunning() => _snapshot.Configuration.TryGet(out EngineConfigurationFiles? files) ? files.Process is not null : _snapshot.Engine.IsKnown;

    private MemoryStore? FindStore(StorePlace place)
    {
        if (_stores.TryGetValue(place.Root, out MemoryStore? store))
            return store;
        if (!_snapshot.Stores.TryGet(out System.Collections.Immutable.ImmutableArray<ILayerStore> captured) || captured.FirstOrDefault(candidate => candidate.DataRoot == place.Root) is not { } found)
            return null;
        _stores.Add(place.Root, store = new MemoryStore(found));
        return store;
    }
}
