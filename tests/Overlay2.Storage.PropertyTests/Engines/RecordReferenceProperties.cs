using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Engines;

/// <summary>
/// The references of random stores are those of a plain implementation, whatever is damaged. OVERLAY2_REFERENCE_STORES is the number of
/// stores of each kind.
/// </summary>
public sealed class RecordReferenceProperties
{
    private const int MostDamages = 10;

    private static readonly int s_stores =
        int.TryParse(Environment.GetEnvironmentVariable("OVERLAY2_REFERENCE_STORES"), CultureInfo.InvariantCulture, out int number) ? number : 300;

    /// <summary>How many stores of each kind are tried.</summary>
    internal static int Stores => s_stores;

    public static TheoryData<LayerStoreKind> Kinds => [LayerStoreKind.DockerClassic, LayerStoreKind.ContainersStorage, LayerStoreKind.ContainerdSnapshots];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void References_of_a_damaged_store_are_those_of_the_plain_implementation(LayerStoreKind kind)
    {
        int[] seen = new int[3];
        Gen.Int.Sample(
            seed =>
            {
                ILayerStore store = Make(kind, seed, MostDamages, isHostile: true);
                foreach (RecordReference reference in store.RecordReferences)
                    Interlocked.Increment(ref seen[(int)reference.Resolution]);
                Assert.Equal(Plain(store).Lines(), Lines(store));
            },
            iter: s_stores);

        // Where one of the answers never came the comparison would say nothing of it.
        Assert.All(seen, count => Assert.InRange(count, s_stores / 10, int.MaxValue));
        TestContext.Current.SendDiagnosticMessage($"{kind}: {s_stores} stores, not known, resolved, dangling: {string.Join(' ', seen)}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_references_of_a_sound_store_are_resolved(LayerStoreKind kind) => Gen.Int.Sample(
        seed => Assert.DoesNotContain(Make(kind, seed, 0, isHostile: false).RecordReferences, reference => reference.Resolution != RecordResolution.Resolved),
        iter: s_stores);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void References_survive_saving_and_a_redaction(LayerStoreKind kind) => Gen.Int.Sample(
        seed =>
        {
            ILayerStore store = Make(kind, seed, MostDamages, isHostile: false);
            var snapshot = new StorageSnapshot { Stores = SnapshotPart.Known(ImmutableArray.Create(store)) };

            Assert.Equal(store.RecordReferences, Again(snapshot).RecordReferences);
            Assert.Equal(Answers(store), Answers(Again(snapshot.Redact("key"u8))));
        },
        iter: s_stores);

    internal static ILayerStore Make(LayerStoreKind kind, int seed, int damages, bool isHostile) => kind switch
    {
        LayerStoreKind.DockerClassic => RandomDockerStores.Make(seed, damages, isHostile),
        LayerStoreKind.ContainersStorage => RandomContainersStores.Make(seed, damages, isHostile),
        _ => RandomContainerdStores.Make(seed, damages, isHostile),
    };

    private static NaiveRecordReferences Plain(ILayerStore store) => store switch
    {
        DockerClassicStore docker => new NaiveDockerReferences(docker),
        ContainersStorageStore containers => new NaiveContainersReferences(containers),
        _ => new NaiveContainerdReferences((ContainerdSnapshotStore)store),
    };

    private static IEnumerable<string> Lines(ILayerStore store) => store.RecordReferences.Select(NaiveRecordReferences.Line).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Answers(ILayerStore store) =>
        store.RecordReferences.Select(reference => $"{reference.From.Kind} {reference.To.Kind} {reference.Resolution} {reference.Reason}").Order(StringComparer.Ordinal);

    private static ILayerStore Again(StorageSnapshot snapshot)
    {
        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;
        return StorageSnapshot.Load(file).Stores.Value[0];
    }
}
