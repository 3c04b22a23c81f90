using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0119: the engine removes a container's layers and their record first, then its directory, of which it needs one file to know it.</summary>
internal sealed class LeftOverContainerRule() : LibraryRule(FindingIds.LeftOverContainer, DiagnosisStage.Store)
{
    private static readonly BytePath s_containers = BytePath.FromText("containers");
    private static readonly BytePath s_configuration = BytePath.FromText("config.v2.json");

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore store)
                continue;
            BytePath containers = store.DataRoot.Combine(s_containers);
            foreach (DockerContainer container in store.Containers.Where(container => container.IsLeftOver))
            {
                BytePath directory = containers.Combine(new BytePath(container.Id));
                store.TryGetContainerLayer(container.Id, out DockerContainerLayer? layer);
                Report(
                    findings, container.Id, directory, "A directory of a container is left, without the file from which the engine knows it.",
                    [new FindingEvidence(directory.Combine(s_configuration).ToString(), "there is no such file"), .. Held(layer)]);
            }

            if (store.ReadProblems.Any(problem => problem.Path == containers))
                continue;
            foreach (DockerContainerLayer layer in store.ContainerLayers)
            {
                // BuildKit has such entries too, under names of its own that only it remembers.
                if (!store.TryGetContainer(layer.ContainerId, out _) && OverlayDriverNames.IsHexadecimalId(layer.ContainerId.Span))
                {
                    Report(
                        findings, layer.ContainerId, layer.Directory, "The layer database has the layers of a container that the engine does not know: nothing removes them.",
                        [new FindingEvidence(containers.Combine(new BytePath(layer.ContainerId)).ToString(), "there is no such directory"), .. Held(layer)]);
                }
            }
        }
    }

    private static void Report(FindingSink findings, ByteString id, BytePath path, string message, ImmutableArray<FindingEvidence> evidence) =>
        findings.Report(FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Container, path) { Id = id }, message, $"left-over:{path}", evidence);

    private static ImmutableArray<FindingEvidence> Held(DockerContainerLayer? layer) =>
        layer is null ? [] : [new FindingEvidence(layer.Directory.ToString(), $"it still holds the layer {layer.MountId.Trimmed}")];
}
