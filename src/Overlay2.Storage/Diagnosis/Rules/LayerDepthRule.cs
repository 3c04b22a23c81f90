using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0203.</summary>
internal sealed class LayerDepthRule() : LibraryRule(FindingIds.TooManyLayers, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            int most = view.Store.Engine.MostLayers;
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                // Each layer below takes 29 bytes or more with its colon.
                StoreFile file = layer.NamesLayersById ? layer.LowerLayers : layer.Lower;
                if (file.Content.Length / 29 < most || (layer.NamesLayersById ? layer.GetLowerLayerIds() : layer.GetLowerElements()).Count is var count && count <= most)
                    continue;
                BytePath name = layer.NamesLayersById ? OverlayDriverNames.LowerLayers : OverlayDriverNames.Lower;
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), "More layers are below this one than the driver mounts.", $"depth:{layer.Id}",
                    new FindingEvidence(layer.Directory.Combine(name).ToString(), string.Create(CultureInfo.InvariantCulture, $"the file names {count} layers; at most {most} are mounted")));
            }
        }
    }
}
