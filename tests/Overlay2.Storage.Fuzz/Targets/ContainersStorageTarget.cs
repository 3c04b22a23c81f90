using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any bytes as a configuration in TOML, as the records of containers/storage and as files of a layer are data or typed problems, in bounded memory.</summary>
internal static class ContainersStorageTarget
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const long MostBytes = 64 << 20;
    private const int MostBytesForEach = 4096;

    private static readonly StoreLocation s_location = new(LayerStoreKind.ContainersStorage, BytePath.FromText("/var/lib/containers/storage"));

    public static void Run(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (TomlSettings.TryParse(ByteString.Wrap(input), out TomlSettings? settings, out string? error))
        {
            _ = settings.Texts("storage", "options", "additionalimagestores");
            foreach (string key in (string[])["driver", "graphroot", "runroot", "rootless_storage_path"])
                _ = BytePath.FromText(settings.Text("storage", key) ?? "");
        }
        else if (error.Length == 0)
            throw new InvalidOperationException("No reason is given.");

        ContainersStorageStore store = ContainersStorageStore.Read(s_location, TreeWith(input), StoreReadOptions.Default, CancellationToken.None);
        if (store.Layers.Count != 1)
            throw new InvalidOperationException("The layer is not there.");
        foreach (ContainersLayerRecord record in store.LayerRecords)
            _ = store.GetExpectedLower(record.Id);
        _ = ((ILayerStore)store).FindUnreferencedLayers();
        if (store.RecordReferences.Any(reference => (reference.Resolution == RecordResolution.Resolved) != (reference.Reason == RecordReferenceReason.None)))
            throw new InvalidOperationException("A reference is resolved for a reason, or not resolved for none.");
        var snapshot = new StorageSnapshot { Stores = SnapshotPart.Known<System.Collections.Immutable.ImmutableArray<ILayerStore>>([store]) };
        _ = new StorageDiagnoser().Diagnose(snapshot);
        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;
        var loaded = (ContainersStorageStore)StorageSnapshot.Load(file).Stores.Value[0];
        if (loaded.LayerRecords.Count != store.LayerRecords.Count || loaded.Containers.Count != store.Containers.Count)
            throw new InvalidOperationException("A record got lost in a snapshot.");

        long spent = GC.GetAllocatedBytesForCurrentThread() - before;
        if (spent > MostBytes + ((long)MostBytesForEach * input.Length))
            throw new InvalidOperationException($"{input.Length} bytes took {spent}.");
    }

    private static RecordedFileTree TreeWith(byte[] content) => RecordedTree.Of(
        "/var/lib/containers/storage",
        ["overlay", "overlay/l", $"overlay/{Id}", $"overlay/{Id}/diff", "overlay-layers", "overlay-containers", "overlay-images"],
        [
            .. ((BytePath[])[ContainersNames.Layers, ContainersNames.VolatileLayers, ContainersNames.Containers, ContainersNames.VolatileContainers, ContainersNames.Images]).Select(path => path.ToString()),
            $"overlay/{Id}/link", $"overlay/{Id}/lower",
        ],
        content);
}
