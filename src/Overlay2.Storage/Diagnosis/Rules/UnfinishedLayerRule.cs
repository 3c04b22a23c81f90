using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0121. A layer bears the mark while it is made, too.</summary>
internal sealed class UnfinishedLayerRule() : LibraryRule(FindingIds.UnfinishedLayer, DiagnosisStage.Store)
{
    private const int MostShown = 8;
    private static readonly BytePath s_layers = BytePath.FromText("overlay-layers/layers.json");
    private static readonly BytePath s_volatileLayers = BytePath.FromText("overlay-layers/volatile-layers.json");
    private static readonly TimeSpan s_longestMaking = TimeSpan.FromMinutes(10);

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not ContainersStorageStore store)
                continue;
            foreach (ContainersLayerRecord record in store.LayerRecords.Where(record => record.IsIncomplete))
            {
                store.TryGetLayer(record.Id, out OverlayDriverLayer? layer);
                HashSet<ByteString> above = [record.Id, .. store.FindLayersAbove(record.Id)];
                string[] images = [.. store.FindImages(record.Id)];
                string[] containers = [.. store.Containers.Where(container => above.Contains(container.LayerId)).Select(container => container.Name.Length > 0 ? container.Name : container.Id.ToString())];
                bool isNeeded = images.Length + containers.Length > 0;

                // Nobody has a layer that is being made; of one without a directory nothing can be lost.
                bool isYoung = layer?.ModifiedAt is { } modified && host.Snapshot.Time.TryGet(out DateTimeOffset now) && now - modified < s_longestMaking;
                if (!isNeeded && (layer is null || isYoung))
                    continue;
                string source = store.DataRoot.Combine(record.IsVolatile ? s_volatileLayers : s_layers).ToString();
                findings.Report(
                    isNeeded ? Descriptor.Severity : FindingSeverity.Warning, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Layer, view.PathOf(record.Id)) { Id = record.Id },
                    isNeeded ? "A layer is marked as incomplete: the engine removes it at its next command, and the images and containers above it are lost. Take a copy of the store first."
                        : "A layer is marked as incomplete: the engine removes it at its next command.",
                    $"unfinished:{store.DataRoot}:{record.Id}",
                    new FindingEvidence(source, $"the record of {record.Id} has the mark incomplete"),
                    new FindingEvidence("images", images.Length == 0 ? "none is above it" : $"above it: {string.Join(", ", images.Take(MostShown))}"),
                    new FindingEvidence("containers", containers.Length == 0 ? "none is above it" : $"above it: {string.Join(", ", containers.Take(MostShown))}"));
            }
        }
    }
}
