using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0203.</summary>
internal sealed class LayerDepthRule() : LibraryRule("OVL0203", DiagnosisStage.Store)
{
    /// <summary>The engine refuses what is deeper; source: experiments with Docker 20.10 (125 layers of an image, and two of a container).</summary>
    private const int MostLayers = 127;

    /// <summary>The driver of containers/storage goes as far as the kernel.</summary>
    private const int MostOfKernel = 500;

    public override void Examine(DiagnosisContext context)
    {
        foreach (DriverStoreView view in context.OpenDriverStores())
        {
            int most = view.Store.Kind == LayerStoreKind.DockerClassic ? MostLayers : MostOfKernel;
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                // Each layer below takes 29 bytes with its colon.
                if (layer.Lower.Content.Length / 29 < most || layer.GetLowerElements().Count is var count && count <= most)
                    continue;
                context.Report(
                    FindingStatus.Confirmed, StoreView.Subject(layer), "More layers are below this one than the driver mounts.", $"depth:{layer.Id}",
                    new FindingEvidence(layer.Directory.Combine(OverlayDriverNames.Lower).ToString(), string.Create(CultureInfo.InvariantCulture, $"the file names {count} layers; at most {most} are mounted")));
            }
        }
    }
}
