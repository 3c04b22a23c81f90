using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0125. containerd's own garbage collection takes such a record away; where it could not, nobody looks again.</summary>
internal sealed class UnusedSnapshotRule() : LibraryRule(FindingIds.UnusedSnapshot, DiagnosisStage.Store)
{
    private const int MostShown = 8;
    private static readonly TimeSpan s_longestCollection = TimeSpan.FromMinutes(10);

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            // Without all records, or where their database is gone, nothing tells who needs what.
            if (view.Store is not ContainerdSnapshotStore { HeldSnapshots: not null, MetadataDatabase: StoreEntryType.RegularFile, ReadProblems.Count: 0 } store)
                continue;
            IReadOnlyList<ContainerdSnapshot> unused = store.FindUnusedSnapshots();
            if (unused.Count > 0)
                Report(host, findings, view, store, unused);
        }
    }

    private static void Report(HostView host, FindingSink findings, HostStore view, ContainerdSnapshotStore store, IReadOnlyList<ContainerdSnapshot> unused)
    {
        bool isQuiet = host.Snapshot.Time.TryGet(out DateTimeOffset now) && store.SnapshotsChangedAt is { } changed && now - changed > s_longestCollection;
        long bytes = unused.Sum(snapshot => Math.Max(0, snapshot.Size ?? 0));
        int unsized = unused.Count(snapshot => snapshot.Size is null);
        string size = string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes by the snapshotter's records{(unsized == 0 ? "" : $", and what {unsized} of them hold that were never committed, of which no record tells the size")}");
        ImmutableArray<FindingEvidence> shown = [.. unused.Take(MostShown).Select(snapshot => new FindingEvidence(view.PathOf(snapshot.LayerId).ToString(), Describe(snapshot)))];
        findings.Report(
            isQuiet ? FindingStatus.Confirmed : FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.DriverHome, store.DriverHome),
            unused.Count == 1 ? "A snapshot has a record, and no image, container, lease or label keeps it." : string.Create(CultureInfo.InvariantCulture, $"{unused.Count} snapshots have records, and no image, container, lease or label keeps them."),
            $"unused-snapshots:{store.DriverHome}",
            [
                new FindingEvidence(store.MetadataPath.ToString(), size),
                .. shown,
                .. isQuiet ? Array.Empty<FindingEvidence>() : [new FindingEvidence("store", "the records were written just now, or it is not known when: containerd may be about to remove them")],
            ]);
    }

    private static string Describe(ContainerdSnapshot snapshot) => string.Create(
        CultureInfo.InvariantCulture,
        $"snapshot {snapshot.Key} ({snapshot.Kind}{(snapshot.Size is { } size ? $", {size} bytes" : "")}{(snapshot.CreatedAt is { } made ? $", made {made:yyyy-MM-dd HH:mm} UTC" : "")})");
}
