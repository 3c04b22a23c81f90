using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0116: what a repair moved aside is still there.</summary>
internal sealed class QuarantineRule() : LibraryRule(FindingIds.Quarantine, DiagnosisStage.Store)
{
    private const int MostNamesShown = 4;

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGet(host.Snapshot.Stores, out ImmutableArray<ILayerStore> stores))
            return;

        // A mount on the driver home does not cover what is beside it.
        foreach (ILayerStore store in stores)
        {
            StoreQuarantine quarantine = store.Quarantine;
            if (quarantine.Entries.Count == 0)
                continue;
            string directory = store.QuarantineDirectory.ToString();
            ImmutableArray<FindingEvidence> evidence =
            [
                new(directory, string.Create(CultureInfo.InvariantCulture, $"it holds {quarantine.Entries.Count}: {Names(quarantine)}")),
                new(directory, quarantine.ModifiedAt is { } since
                    ? string.Create(CultureInfo.InvariantCulture, $"nothing was moved in or out since {since:yyyy-MM-dd HH:mm} UTC")
                    : "since when it is there is not known"),
            ];
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Quarantine, store.QuarantineDirectory) { Store = store.Kind },
                "What a repair moved aside is kept here. Nothing removes it by itself.", $"quarantine:{store.QuarantineDirectory}", evidence);
        }
    }

    private static string Names(StoreQuarantine quarantine) =>
        string.Join(", ", quarantine.Entries.Take(MostNamesShown).Select(entry => entry.Name)) + (quarantine.Entries.Count > MostNamesShown ? ", …" : "");
}
