using System.Globalization;
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
                // Each layer below takes 29 bytes with its colon.
                if (layer.Lower.Content.Length / 29 < most || layer.GetLowerElements().Count is var count && count <= most)
                    continue;
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), "More layers are below this one than the driver mounts.", $"depth:{layer.Id}",
                    new FindingEvidence(layer.Directory.Combine(OverlayDriverNames.Lower).ToString(), string.Create(CultureInfo.InvariantCulture, $"the file names {count} layers; at most {most} are mounted")));
            }
        }
    }
}
