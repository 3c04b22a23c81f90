using System.Collections.Immutable;
using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration.Secrets;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Engines;

public sealed class QuarantineProperties
{
    // A name that holds an address with a user is one with a secret: that part goes when a snapshot is saved (docs/secrets.md).
    private static readonly Gen<ByteString> s_name = Gen.OneOf(
        Gen.Byte.Where(value => value is not (0 or (byte)'/')).Array[1, 12].Select(bytes => new ByteString(bytes)),
        Gen.Char["0123456789abcdef"].Array[64].Select(characters => ByteString.FromText(new string(characters))),
        Gen.Int[0, 99].Select(number => ByteString.FromText($"rm-{number}"))).Where(name => SecretFilter.Name(name) == name);

    private static readonly Gen<DateTimeOffset?> s_time = Gen.Long[-1, 253402300799].Select(seconds => seconds < 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeSeconds(seconds));

    private static readonly Gen<StoreQuarantine> s_quarantine = Gen.Select(
        Gen.Enum<StoreEntryType>(), s_time, Gen.Select(s_name, Gen.Enum<StoreEntryType>(), Gen.ULong, s_time).Array[0, 8]).Select((type, time, entries) => new StoreQuarantine
        {
            Type = type,
            ModifiedAt = time,
            Entries = [.. entries.DistinctBy(entry => entry.Item1).Select(entry => new QuarantinedEntry(entry.Item1, entry.Item2) { Inode = entry.Item3 % 2 == 0 ? entry.Item3 : null, ModifiedAt = entry.Item4 }).OrderBy(entry => entry.Name)],
        });

    private static readonly Gen<ILayerStore> s_store = Gen.Select(s_quarantine, Gen.Int[0, 2]).Select((quarantine, kind) => kind switch
    {
        0 => (ILayerStore)new DockerClassicStore { DataRoot = Path("/var/lib/docker"), Quarantine = quarantine },
        1 => new ContainersStorageStore { DataRoot = Path("/var/lib/containers/storage"), Quarantine = quarantine },
        _ => new ContainerdSnapshotStore { DataRoot = Path("/var/lib/containerd"), DriverHome = Path("/srv/home"), StateDirectory = Path("/run/containerd"), Quarantine = quarantine },
    });

    [Fact]
    public void A_quarantine_survives_saving_and_loading() => Gen.Select(s_store, s_time).Sample((store, booted) =>
    {
        var snapshot = new StorageSnapshot
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create(store)),
            BootTime = booted is { } time ? SnapshotPart.Known(time) : SnapshotPart.Failed<DateTimeOffset>("not there"),
        };

        StorageSnapshot loaded = Again(snapshot);

        ILayerStore again = loaded.Stores.Value[0];
        return loaded.BootTime == snapshot.BootTime && again.Kind == store.Kind && again.QuarantineDirectory == store.QuarantineDirectory
            && (again.Quarantine with { Entries = [] }) == (store.Quarantine with { Entries = [] }) && again.Quarantine.Entries.SequenceEqual(store.Quarantine.Entries);
    }, iter: 500);

    [Fact]
    public void A_redaction_changes_names_and_nothing_else() => Gen.Select(s_store, Gen.Byte.Array[1, 8]).Sample((store, key) =>
    {
        StoreQuarantine redacted = Again(new StorageSnapshot { Stores = SnapshotPart.Known(ImmutableArray.Create(store)) }.Redact(key)).Stores.Value[0].Quarantine;

        return (redacted with { Entries = [] }) == (store.Quarantine with { Entries = [] })
            && redacted.Entries.Select(entry => entry.Name).Distinct().Count() == store.Quarantine.Entries.Count
            && redacted.Entries.SequenceEqual(redacted.Entries.OrderBy(entry => entry.Name))
            && Facts(redacted).SequenceEqual(Facts(store.Quarantine))
            && redacted.Entries.All(entry => entry.Name.Length != 64 || store.Quarantine.Entries.All(plain => plain.Name != entry.Name));
    }, iter: 500);

    private static IEnumerable<(StoreEntryType, ulong?, DateTimeOffset?)> Facts(StoreQuarantine quarantine) =>
        quarantine.Entries.Select(entry => (entry.Type, entry.Inode, entry.ModifiedAt)).Order();

    private static StorageSnapshot Again(StorageSnapshot snapshot)
    {
        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;
        return StorageSnapshot.Load(file);
    }

    private static BytePath Path(string text) => BytePath.FromText(text);
}
