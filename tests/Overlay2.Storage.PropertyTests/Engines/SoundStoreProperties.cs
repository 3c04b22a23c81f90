using CsCheck;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Engines;

/// <summary>A store without a fault is called healthy, and the scope of that answer is what the store holds, counted here by hand.</summary>
public sealed class SoundStoreProperties
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory]
    [MemberData(nameof(RecordReferenceProperties.Kinds), MemberType = typeof(RecordReferenceProperties))]
    public void A_sound_store_is_healthy_and_the_scope_lists_what_it_holds(LayerStoreKind kind)
    {
        int[] most = new int[2];
        Gen.Int.Sample(
            seed =>
            {
                ILayerStore store = RandomStores.MakeSound(kind, seed);
                DiagnosisReport report = new StorageDiagnoser().Diagnose(Host(store), cancellationToken: CancellationToken.None);

                Assert.Equal("", string.Join('\n', report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => $"{finding.Id} {finding.Message} {string.Join("; ", finding.Evidence)}")));
                Assert.Equal("", string.Join('\n', report.Suspended.Where(rule => rule.RuleId.StartsWith("OVL01", StringComparison.Ordinal)).Select(rule => $"{rule.RuleId}: {rule.Because}")));
                ScopeStore scope = Assert.Single(report.Scope.Stores);
                Assert.Equal((store.Kind, store.DataRoot, false, 0), (scope.Kind, scope.DataRoot, scope.IsCovered, scope.UnreadPlaces));
                Assert.Equal((store.Layers.Count, store.GetContainers().Count), (scope.Layers, scope.Containers));
                Assert.Equal((store.RecordReferences.Count, 0, 0), (scope.ResolvedReferences, scope.DanglingReferences, scope.UnknownReferences));
                InterlockedMax(ref most[0], scope.Layers);
                InterlockedMax(ref most[1], scope.Containers);
            },
            iter: RecordReferenceProperties.Stores);
        Assert.All(most, number => Assert.True(number > 1, $"{number}"));
    }

    /// <summary>Short links that nobody needs may dangle; of no other reference may, without a word about it.</summary>
    [Theory]
    [MemberData(nameof(RecordReferenceProperties.Kinds), MemberType = typeof(RecordReferenceProperties))]
    public void No_store_with_a_reference_that_leads_nowhere_is_healthy(LayerStoreKind kind)
    {
        int dangling = 0;
        Gen.Int.Sample(
            seed =>
            {
                ILayerStore store = RecordReferenceProperties.Make(kind, seed, damages: 2, isHostile: false);
                if (!store.RecordReferences.Any(reference => reference.IsDangling && reference.From.Kind is not (RecordKind.ShortLink or RecordKind.Layer)))
                    return;
                Interlocked.Increment(ref dangling);
                DiagnosisReport report = new StorageDiagnoser().Diagnose(Host(store), cancellationToken: CancellationToken.None);

                Assert.True(
                    !report.Findings.IsEmpty || report.Suspended.Any(rule => rule.RuleId.StartsWith("OVL01", StringComparison.Ordinal)),
                    string.Join('\n', store.RecordReferences.Where(reference => reference.IsDangling)));
            },
            iter: RecordReferenceProperties.Stores);
        Assert.True(dangling > RecordReferenceProperties.Stores / 10, $"{dangling}");
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (int seen = place; value > seen && Interlocked.CompareExchange(ref place, value, seen) is var now && now != seen; seen = now)
        {
        }
    }

    private static StorageSnapshot Host(ILayerStore store) => MadeUpHost.Of([MadeUpHost.Root], store) with { Time = SnapshotPart.Known(s_now) };
}
