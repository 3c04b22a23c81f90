using System.Globalization;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0202. The engine names layers relative to its driver home where absolute paths are too long, so that is what is measured.</summary>
internal sealed class LongOptionsRule() : LibraryRule(FindingIds.LongOptions, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                // lowerdir=…,upperdir=ID/diff,workdir=ID/work and the NUL.
                int length = "lowerdir=,upperdir=/diff,workdir=/work".Length + layer.Lower.Content.Length + (2 * layer.Id.Length) + 1;
                if (layer.IsCommitted || layer.NamesLayersById || length <= MountDataBudget.DefaultPageSize)
                    continue;
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), "The mount options of this layer do not fit a page: the kernel would cut them off.", $"options:{layer.Id}",
                    new FindingEvidence(layer.Directory.Combine(OverlayDriverNames.Lower).ToString(), string.Create(CultureInfo.InvariantCulture, $"with relative paths the options have {length} bytes, at most {MountDataBudget.DefaultPageSize} fit")));
            }
        }
    }
}
