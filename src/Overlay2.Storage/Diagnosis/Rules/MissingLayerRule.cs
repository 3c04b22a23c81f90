using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0106. A build record may name a snapshot that has no directory, so only images and containers count.</summary>
internal sealed class MissingLayerRule() : LibraryRule(FindingIds.MissingLayer, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            // A layer that was not listed need not be missing.
            if (view.Store.ReadProblems.Any(problem => problem.Operation == StoreOperation.List && problem.Path == view.Store.LayersDirectory))
                continue;

            foreach (LostLayer lost in view.Store.FindLostLayers())
                Report(findings, lost);
            HashSet<ByteString> seen = [];
            foreach (LayerReference reference in view.Store.References)
            {
                if (reference.Kind is not (LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished) && !view.Store.TryGetLayer(reference.LayerId, out _)
                    && !view.IsBeingRemoved(reference.LayerId) && seen.Add(reference.LayerId) && view.Store.Home.Type != StoreEntryType.Unknown)
                {
                    Report(findings, view, reference);
                }
            }
        }
    }

    private static void Report(FindingSink findings, HostStore view, LayerReference reference)
    {
        BytePath path = view.PathOf(reference.LayerId);
        string owner = view.FindContainer(reference.LayerId) is { } container ? $"container {container.Name}"
            : reference.Kind == LayerReferenceKind.Snapshot ? $"snapshot {reference.Owner}"
            : $"image layer {reference.Owner}";
        var evidence = ImmutableArray.CreateBuilder<FindingEvidence>();
        evidence.Add(new FindingEvidence(path.ToString(), "there is no such directory"));
        evidence.Add(new FindingEvidence(reference.Source.ToString(), $"the {owner} has it"));

        // An entry that cannot be a layer, such as a file in its place, explains more than its absence.
        if (view is HostDriverStore driver && driver.Store.OtherEntries.Contains(reference.LayerId))
            evidence.Add(new FindingEvidence(path.ToString(), "something else of that name is there"));
        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Layer, path) { Id = reference.LayerId },
            reference.Kind == LayerReferenceKind.ImageLayer ? $"The directory of an image layer is gone ({owner})." : $"The directory of a layer of the {owner} is gone, and what was in it.",
            $"layer:{reference.LayerId}", evidence.ToImmutable());
    }

    private static void Report(FindingSink findings, LostLayer lost) => findings.Report(
        FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Container, lost.Record) { Id = lost.ContainerId, Name = lost.ContainerName },
        $"The snapshot of container {lost.ContainerName} is gone, and what was in it.", $"snapshot:{lost.ContainerName}",
        new FindingEvidence(lost.Record.ToString(), $"the container has the snapshot {lost.Layer}"),
        new FindingEvidence(lost.Searched.ToString(), "there is no record of it"));
}
