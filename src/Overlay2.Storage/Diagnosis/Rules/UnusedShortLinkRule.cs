using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0112. A link that may be the lost name of a damaged layer is not called unused.</summary>
internal sealed class UnusedShortLinkRule() : LibraryRule(FindingIds.UnusedShortLink, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverShortLink link in view.Store.ShortLinks)
            {
                if (view.IsNamed(link.Name) || (link.TryGetLayerId(out ByteString id) && view.Store.TryGetLayer(id, out OverlayDriverLayer? layer) && !layer.TryGetShortName(out _)))
                    continue;
                BytePath path = view.LinkPath(link.Name);
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.ShortLink, path) { Id = link.Name }, "No layer uses this short link; it does no harm.", $"unused-link:{link.Name}",
                    new FindingEvidence(path.ToString(), link.Type == StoreEntryType.SymbolicLink ? $"it leads to {link.Target}, and no link or lower file names it" : $"it is no symbolic link ({link.Type}), and no link or lower file names it"));
            }
        }
    }
}
