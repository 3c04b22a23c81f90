using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Snapshots;

/// <summary>The parts of a snapshot that are about stores.</summary>
internal sealed record StoreParts
{
    public required SnapshotPart<ImmutableArray<ILayerStore>> Stores { get; init; }

    public required SnapshotPart<ImmutableArray<SearchedStorePlace>> Places { get; init; }

    public required SnapshotPart<ImmutableArray<BytePath>> DriverHomes { get; init; }

    public required SnapshotPart<ImmutableArray<SnapshotFileSystem>> FileSystems { get; init; }

    public required SnapshotPart<ImmutableArray<UpperScan>> Uppers { get; init; }

    /// <summary>No store, and that is known.</summary>
    public static StoreParts None { get; } = new()
    {
        Stores = SnapshotPart.Known(ImmutableArray<ILayerStore>.Empty),
        Places = SnapshotPart.Known(ImmutableArray<SearchedStorePlace>.Empty),
        DriverHomes = SnapshotPart.Known(ImmutableArray<BytePath>.Empty),
        FileSystems = SnapshotPart.Known(ImmutableArray<SnapshotFileSystem>.Empty),
        Uppers = SnapshotPart.Known(ImmutableArray<UpperScan>.Empty),
    };

    public static StoreParts Failed(string reason) => new()
    {
        Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(reason),
        Places = SnapshotPart.Failed<ImmutableArray<SearchedStorePlace>>(reason),
        DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>(reason),
        FileSystems = SnapshotPart.Failed<ImmutableArray<SnapshotFileSystem>>(reason),
        Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>(reason),
    };

    /// <summary>The parts of these stores and of others. A list that is not known of some of them is not known.</summary>
    public StoreParts And(StoreParts other) => new()
    {
        Stores = Join(Stores, other.Stores, store => (store.Kind, store.DataRoot)),
        Places = Join(Places, other.Places, place => (place.Kind, place.Path)),
        DriverHomes = Join(DriverHomes, other.DriverHomes, home => home),
        FileSystems = Join(FileSystems, other.FileSystems, fileSystem => fileSystem.Path),
        Uppers = Join(Uppers, other.Uppers, scan => scan.Directory),
    };

    public StorageSnapshot AddTo(StorageSnapshot snapshot) => snapshot with { Stores = Stores, StorePlaces = Places, DriverHomes = DriverHomes, FileSystems = FileSystems, Uppers = Uppers };

    private static SnapshotPart<ImmutableArray<T>> Join<T, TKey>(SnapshotPart<ImmutableArray<T>> left, SnapshotPart<ImmutableArray<T>> right, Func<T, TKey> key) =>
        !left.IsKnown ? left : !right.IsKnown ? right : SnapshotPart.Known<ImmutableArray<T>>([.. left.Value.Concat(right.Value).DistinctBy(key)]);
}
