using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0108: an entry of the layer database that a power loss has emptied, whole or in part.</summary>
internal sealed class LayerDatabaseEntryRule() : LibraryRule(FindingIds.LayerDatabaseEntry, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore store)
                continue;
            foreach (DockerImageLayer layer in store.ImageLayers)
            {
                bool isBare = layer.CacheId.State == StoreFileState.Missing && layer.DiffId.State == StoreFileState.Missing && layer.Size.State == StoreFileState.Missing;
                ImmutableArray<FindingEvidence> evidence = isBare
                    ? [new FindingEvidence(layer.Directory.ToString(), "the entry holds no file")]
                    : [.. Damage(layer.Directory, layer.CacheId, "cache-id", isId: true), .. Damage(layer.Directory, layer.DiffId, "diff"), .. Damage(layer.Directory, layer.Size, "size"), .. Damage(layer.Directory, layer.Parent, "parent", isOptional: true)];
                if (!evidence.IsEmpty)
                    Report(findings, new FindingSubject(FindingSubjectKind.ImageLayer, layer.Directory) { Id = layer.ChainId }, evidence);
            }

            foreach (DockerContainerLayer layer in store.ContainerLayers)
            {
                ImmutableArray<FindingEvidence> evidence = [.. Damage(layer.Directory, layer.MountId, "mount-id", isId: true, isOptional: true), .. Damage(layer.Directory, layer.InitId, "init-id", isId: true, isOptional: true)];
                if (!evidence.IsEmpty && !(store.TryGetContainer(layer.ContainerId, out DockerContainer? container) && (container.IsDead || container.IsRemovalInProgress)))
                    Report(findings, new FindingSubject(FindingSubjectKind.Container, layer.Directory) { Id = layer.ContainerId, Name = container?.Name ?? "" }, evidence);
            }
        }
    }

    private static void Report(FindingSink findings, FindingSubject subject, ImmutableArray<FindingEvidence> evidence) => findings.Report(
        FindingStatus.Confirmed, subject, "An entry of the layer database is empty or cut off: what it stands for vanishes from the engine, and cannot be made again over it.", $"layerdb:{subject.Path}", evidence);

    /// <summary>A cache-id that is missing altogether is OVL0114.</summary>
    private static IEnumerable<FindingEvidence> Damage(BytePath directory, StoreFile file, string name, bool isId = false, bool isOptional = false)
    {
        string? fault = file.State switch
        {
            StoreFileState.Present when file.Trimmed.IsEmpty => "the file is empty",
            StoreFileState.Present when isId && !OverlayDriverNames.IsLayerId(file.Trimmed.Span) => $"the file holds \"{file.Trimmed}\", which is no layer's id",
            StoreFileState.Missing when !isOptional && !isId => "there is no such file",
            _ => null,
        };
        return fault is null ? [] : [new FindingEvidence(directory.Combine(BytePath.FromText(name)).ToString(), fault)];
    }
}
