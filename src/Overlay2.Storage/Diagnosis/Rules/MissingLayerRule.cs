using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0106. A build record may name a snapshot that has no directory, so only images and containers count.</summary>
internal sealed class MissingLayerRule() : LibraryRule("OVL0106", DiagnosisStage.Store)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (StoreView view in context.OpenStores())
        {
            // A layer that was not listed need not be missing.
            BytePath directory = view.Store is ContainerdSnapshotStore ? view.Store.DriverHome.Combine(ContainerdNames.Snapshots) : view.Store.DriverHome;
            if (view.Store.ReadProblems.Any(problem => problem.Operation == StoreOperation.List && problem.Path == directory))
                continue;

            if (view.Store is ContainerdSnapshotStore containerd)
                ReportWithoutSnapshot(context, containerd);
            HashSet<ByteString> seen = [];
            foreach (LayerReference reference in view.Store.References)
            {
                if (reference.Kind is not (LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished) && !view.Store.TryGetLayer(reference.LayerId, out _)
                    && !view.IsBeingRemoved(reference.LayerId) && seen.Add(reference.LayerId) && view.Store.Home.Type != StoreEntryType.Unknown)
                {
                    Report(context, view, reference);
                }
            }
        }
    }

    private static void Report(DiagnosisContext context, StoreView view, LayerReference reference)
    {
        BytePath path = view.PathOf(reference.LayerId);
        string owner = view.FindContainer(reference.LayerId) is { } container ? $"container {container.Name}"
            : reference.Kind == LayerReferenceKind.Snapshot ? $"snapshot {reference.Owner}"
            : $"image layer {reference.Owner}";
        var evidence = ImmutableArray.CreateBuilder<FindingEvidence>();
        evidence.Add(new FindingEvidence(path.ToString(), "there is no such directory"));
        evidence.Add(new FindingEvidence(reference.Source.ToString(), $"the {owner} has it"));

        // An entry that cannot be a layer, such as a file in its place, explains more than its absence.
        if (view is DriverStoreView driver && driver.Store.OtherEntries.Contains(reference.LayerId))
            evidence.Add(new FindingEvidence(path.ToString(), "something else of that name is there"));
        context.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Layer, path) { Id = reference.LayerId },
            reference.Kind == LayerReferenceKind.ImageLayer ? $"The directory of an image layer is gone ({owner})." : $"The directory of a layer of the {owner} is gone, and what was in it.",
            $"layer:{reference.LayerId}", evidence.ToImmutable());
    }

    private static void ReportWithoutSnapshot(DiagnosisContext context, ContainerdSnapshotStore store)
    {
        // Where a record was not read in full, the snapshot may be in what is missing of it.
        if (store.ReadProblems.Any(problem => problem.Operation == StoreOperation.Parse))
            return;
        BytePath records = store.DataRoot.Combine(ContainerdNames.Metadata);
        foreach (ContainerdContainer container in store.FindContainersWithoutSnapshot())
        {
            string name = $"{container.Namespace}/{container.Id}";
            context.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Container, records) { Id = container.Id, Name = name },
                $"The snapshot of container {name} is gone, and what was in it.", $"snapshot:{name}",
                new FindingEvidence(records.ToString(), $"the container has the snapshot {container.SnapshotName}"),
                new FindingEvidence(store.DriverHome.Combine(ContainerdNames.SnapshotDatabase).ToString(), "there is no record of it"));
        }
    }
}
