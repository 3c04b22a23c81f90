using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0114.</summary>
internal sealed class LostIdRule() : LibraryRule(FindingIds.LostLayerId, DiagnosisStage.Store)
{
    private static readonly BytePath s_cacheId = BytePath.FromText("cache-id");
    private static readonly BytePath s_mountId = BytePath.FromText("mount-id");

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore store)
                continue;
            foreach (DockerImageLayer layer in store.ImageLayers)
            {
                // An entry without any file is OVL0108.
                if (layer.CacheId.State == StoreFileState.Missing && (layer.DiffId.State != StoreFileState.Missing || layer.Size.State != StoreFileState.Missing))
                {
                    Report(findings, new FindingSubject(FindingSubjectKind.ImageLayer, layer.Directory) { Id = layer.ChainId }, layer.Directory.Combine(s_cacheId), store.GetExpectedCacheId(layer.ChainId),
                        "The layer database has lost which directory an image layer is in: the image and the containers above it vanish when the engine starts. Its directory looks unused and is not.");
                }
            }

            foreach (DockerContainerLayer layer in store.ContainerLayers)
            {
                store.TryGetContainer(layer.ContainerId, out DockerContainer? container);
                if (layer.MountId.State == StoreFileState.Missing && container is not ({ IsDead: true } or { IsRemovalInProgress: true }))
                    ReportContainer(findings, layer.ContainerId, container, layer.Directory.Combine(s_mountId), store.GetExpectedMountId(layer.ContainerId));
            }

            foreach (DockerContainer container in store.Containers)
            {
                bool isElsewhere = container.Driver.Length > 0 && container.Driver != store.Engine.DriverHomeName.ToString();
                if (!isElsewhere && container is { Problem: null, IsDead: false, IsRemovalInProgress: false } && !store.TryGetContainerLayer(container.Id, out _))
                {
                    BytePath entry = store.LayerDatabase.Combine(BytePath.FromText("mounts")).Combine(new BytePath(container.Id));
                    ReportContainer(findings, container.Id, container, entry, store.GetExpectedMountId(container.Id));
                }
            }
        }
    }

    private static void ReportContainer(FindingSink findings, ByteString id, DockerContainer? container, BytePath path, ExpectedValue expected) => Report(
        findings, new FindingSubject(FindingSubjectKind.Container, path) { Id = id, Name = container?.Name ?? "" }, path, expected,
        "The layer database has lost which directory a container writes to: the container vanishes when the engine starts. Its directories look unused and are not.");

    private static void Report(FindingSink findings, FindingSubject subject, BytePath path, ExpectedValue expected, string message) => findings.Report(
        FindingStatus.Confirmed, subject, message, $"layerdb:{subject.Path}",
        new FindingEvidence(path.ToString(), "it is missing"), StoreEvidence.Expected(path.ToString(), expected));
}
