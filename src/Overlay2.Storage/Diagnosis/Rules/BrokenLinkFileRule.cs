using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0101: a <c>link</c> file that is there and holds no short name.</summary>
internal sealed class BrokenLinkFileRule() : LibraryRule(FindingIds.BrokenLinkFile, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                if (layer.Link.State != StoreFileState.Present || layer.TryGetShortName(out _) || !view.Store.NeedsShortName(layer))
                    continue;

                string path = layer.Directory.Combine(OverlayDriverNames.Link).ToString();
                ExpectedValue expected = view.Store.GetExpectedLink(layer.Id);
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), "New containers get neither this layer nor an error: its link file holds no short name.", $"link:{layer.Id}",
                    new FindingEvidence(path, layer.Link.IsEmpty ? "the file is empty" : $"the file holds \"{layer.Link.Content}\" instead of 26 letters and digits"),
                    StoreEvidence.Expected(path, expected));
            }
        }
    }
}
