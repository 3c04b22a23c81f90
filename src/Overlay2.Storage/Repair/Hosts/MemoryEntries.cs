using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The stores of a machine in memory.</summary>
internal sealed partial class MemoryEntries(StorageSnapshot snapshot) : IEntryOperations
{
    private readonly Dictionary<BytePath, MemoryStore> _stores = [];

    public EntryState ReadEntry(StorePlace place)
    {
        return FindStore(place)?.Read(place.FullPath) ?? throw new IOException($"{place}: the snapshot does not tell what is there");
    }

    public EntryIdentity IdentifyEntry(StorePlace place)
    {
        return FindStore(place)?.Identify(place.FullPath) ?? throw new IOException($"{place}: the snapshot does not tell what is there");
    }

    public HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like)
    {
        if (FindStore(place) is not { } store || store.Read(place.FullPath) is not { } now)
            return new HostResult($"{place}: the snapshot does not tell what is there");
        if (now != from)
            return new HostResult($"{place}: there is {now} instead of {from}");
        if (like is not null && FindStore(like)?.Read(like.FullPath) is null or { Type: StoreEntryType.Missing })
            return new HostResult($"{like}: ENOENT");
        return store.Replace(place.FullPath, to) is { } error ? new HostResult($"{place}: {error}") : HostResult.Done;
    }

    public HostResult ClearLeftOver(StorePlace place) => HostResult.Done;

    public HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize)
    {
        if (FindStore(from) is not { } store || store.Identify(from.FullPath) is not { } found)
            return new HostResult($"{from}: the snapshot does not tell what is there");
        if (!identity.Matches(found))
            return new HostResult($"{from}: there is another entry ({found}) than the one meant ({identity})");
        if (store.Read(to.FullPath) is not { Type: StoreEntryType.Missing })
            return new HostResult($"{to}: EEXIST");
        return store.Move(from.FullPath, to.FullPath) is { } error ? new HostResult($"{from}: {error}") : HostResult.Done;
    }

    public HostResult PurgeEntry(StorePlace place, EntryIdentity identity)
    {
        if (FindStore(place) is not { } store || store.Identify(place.FullPath) is not { } found)
            return new HostResult($"{place}: the snapshot does not tell what is there");
        if (!identity.Matches(found))
            return new HostResult($"{place}: there is another entry ({found}) than the one meant ({identity})");
        return store.Purge(place.FullPath) ? HostResult.Done : new HostResult($"{place}: it is in no quarantine");
    }

    /// <summary>A snapshot with the stores, and what was seen in layers, as they are now.</summary>
    public StorageSnapshot ApplyTo(StorageSnapshot captured)
    {
        StorageSnapshot now = captured with { Uppers = RemainingUppers() };
        return _stores.Count > 0 && now.Stores.TryGet(out ImmutableArray<ILayerStore> stores)
            ? now with { Stores = SnapshotPart.Known(stores.Select(store => _stores.TryGetValue(store.DataRoot, out MemoryStore? changed) ? changed.Build() : store).ToImmutableArray()) }
            : now;
    }

    private MemoryStore? FindStore(StorePlace place)
    {
        if (_stores.TryGetValue(place.Root, out MemoryStore? store))
            return store;
        if (!snapshot.Stores.TryGet(out ImmutableArray<ILayerStore> captured) || captured.FirstOrDefault(candidate => candidate.DataRoot == place.Root) is not { } found)
            return null;
        _stores.Add(place.Root, store = new MemoryStore(found));
        return store;
    }
}
