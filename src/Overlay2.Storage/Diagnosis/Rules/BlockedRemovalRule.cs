using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0115. The container's state alone does not say what blocks the removal, or whether it goes on.</summary>
internal sealed class BlockedRemovalRule() : LibraryRule(FindingIds.BlockedRemoval, DiagnosisStage.Store)
{
    private const int MostMarksShown = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore store)
                continue;
            foreach (DockerContainer container in store.Containers)
            {
                if (container is not ({ IsDead: true } or { IsRemovalInProgress: true }))
                    continue;

                FindingSubject subject = FindingSubject.Of(view.Containers.First(other => other.Id == container.Id));
                ImmutableArray<FindingEvidence> blocks = [.. FindBlocks(host, view, store, container)];
                string path = subject.Path.ToString();
                string state = container.IsDead ? "the container is noted as dead: its removal was begun and failed" : "the container's removal was begun";
                findings.Report(
                    blocks.IsEmpty ? FindingStatus.Suspected : FindingStatus.Confirmed, subject, $"The removal of container {container.Name} was begun and is not finished.", $"{(blocks.IsEmpty ? "removal" : "blocked-removal")}:{container.Id}",
                    [.. blocks, new FindingEvidence(path, state)]);
            }
        }
    }

    private static IEnumerable<FindingEvidence> FindBlocks(HostView host, HostStore view, DockerClassicStore store, DockerContainer container)
    {
        if (!store.TryGetContainerLayer(container.Id, out DockerContainerLayer? record) || record.MountId.Trimmed.IsEmpty)
            yield break;

        BytePath layer = view.Home.Home.Combine(new BytePath(record.MountId.Trimmed));
        if (host.Snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> scans))
        {
            foreach (UpperMark mark in scans.Where(scan => scan.Directory.StartsWith(layer)).SelectMany(scan => scan.Marks)
                .Where(mark => mark.Kind is UpperMarkKind.Immutable or UpperMarkKind.AppendOnly).Take(MostMarksShown))
            {
                yield return new FindingEvidence(
                    layer.Combine(OverlayDriverNames.Diff).Combine(mark.Path).ToString(), mark.Kind == UpperMarkKind.Immutable ? "the file has the attribute immutable" : "the file has the attribute append-only");
            }
        }

        foreach (HostOverlay overlay in view.Home.GetLayerMounts(record.MountId.Trimmed))
            yield return FindingEvidence.Of(overlay.Mount, "it is still mounted");
    }
}
