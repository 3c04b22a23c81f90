using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0123: of an empty file containerd makes a new database, and of one that is none it does not start.</summary>
internal sealed class MissingMetadataRule() : LibraryRule(FindingIds.MissingMetadata, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not ContainerdSnapshotStore store || store.Layers.Count + store.Snapshots.Count == 0)
                continue;
            StoreProblem? damage = store.ReadProblems.FirstOrDefault(problem => problem.Path == store.MetadataPath && problem.Reason == StoreProblemReason.Malformed && store.Namespaces.Count == 0);
            if (store.MetadataDatabase != StoreEntryType.Missing && damage is null)
                continue;
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, store.MetadataPath),
                damage is null ? "containerd's database is gone, and the snapshots are there: at its next start it makes a new one, and its garbage collector removes all of them."
                    : "containerd's database is damaged: it does not start, or makes a new one and removes all snapshots.",
                $"metadata:{store.MetadataPath}",
                new FindingEvidence(store.MetadataPath.ToString(), damage is null ? "there is no such file" : damage.Detail.Length > 0 ? damage.Detail : "it is no database"),
                new FindingEvidence(store.DriverHome.ToString(), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{store.Snapshots.Count} snapshots have a record there, and {store.Layers.Count} a directory")));
        }
    }
}
