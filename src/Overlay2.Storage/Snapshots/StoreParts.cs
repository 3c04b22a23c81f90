using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Snapshots;

/// <summary>The parts of a snapshot that are about the engine's root directory.</summary>
internal sealed record StoreParts
{
    public required SnapshotPart<ImmutableArray<ILayerStore>> Stores { get; init; }

    public required SnapshotPart<ImmutableArray<BytePath>> DriverHomes { get; init; }

    public required SnapshotPart<ImmutableArray<SnapshotFileSystem>> FileSystems { get; init; }

    public required SnapshotPart<ImmutableArray<UpperScan>> Uppers { get; init; }

    public static StoreParts Failed(string reason) => new()
    {
        Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(reason),
        DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>(reason),
        FileSystems = SnapshotPart.Failed<ImmutableArray<SnapshotFileSystem>>(reason),
        Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>(reason),
    };

    public StorageSnapshot AddTo(StorageSnapshot snapshot) => snapshot with { Stores = Stores, DriverHomes = DriverHomes, FileSystems = FileSystems, Uppers = Uppers };
}
