using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any bytes are a snapshot or a typed error; a snapshot can be looked at, redacted, and saved and loaded without change.</summary>
internal static class SnapshotTarget
{
    private const int MaxLength = 1 << 24;

    public static void Run(byte[] input)
    {
        StorageSnapshot snapshot;
        try
        {
            snapshot = StorageSnapshot.Load(new MemoryStream(input, writable: false), MaxLength);
        }
        catch (SnapshotFormatException)
        {
            return;
        }

        LookAt(snapshot);
        byte[] saved = Save(snapshot);
        if (!Save(Load(saved)).AsSpan().SequenceEqual(saved))
            throw new InvalidOperationException("A snapshot changes when it is saved and loaded.");
        LookAt(Load(Save(snapshot.Redact("key"u8))));
    }

    private static void LookAt(StorageSnapshot snapshot)
    {
        if (snapshot.Mounts.TryGet(out Mounts.MountTable? mounts))
        {
            foreach (Mounts.MountEntry mount in mounts.Entries)
                _ = mounts.GetVisibility(mount);
        }

        if (snapshot.Configuration.TryGet(out EngineConfigurationFiles? files))
            _ = EngineConfiguration.Resolve(files);
        if (!snapshot.Stores.TryGet(out var stores))
            return;
        foreach (ILayerStore store in stores)
        {
            _ = store.FindUnreferencedLayers();
            if (store.RecordReferences.Any(reference => (reference.Resolution == RecordResolution.Resolved) != (reference.Reason == RecordReferenceReason.None)))
                throw new InvalidOperationException("A reference is resolved for a reason, or not resolved for none.");
            if (store.QuarantineDirectory == store.DriverHome || store.Quarantine.Entries.Any(entry => entry is null))
                throw new InvalidOperationException("A quarantine that is none.");
            if (store is not DockerClassicStore docker)
                continue;
            foreach (OverlayDriverLayer layer in docker.Layers)
                _ = docker.GetExpectedLower(layer.Id);
        }
    }

    private static byte[] Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return stream.ToArray();
    }

    private static StorageSnapshot Load(byte[] file) => StorageSnapshot.Load(new MemoryStream(file, writable: false), int.MaxValue / 2);
}
